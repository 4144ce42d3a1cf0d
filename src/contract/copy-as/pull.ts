import type { StartTransfer, Transfer, TransferListing } from '../transfers.ts';
import { comment, commandLine, option, python, shell, type CopyAs } from './command.ts';
import { fetchWithCurl, fetchWithRclone } from './fetch.ts';
import { fetchWithPython } from './fetch-with-python.ts';
import { quotePath } from './quote-for-shell.ts';
import { aboutToken } from './token.ts';

/** What another program can fetch, or the sentence that says why there is no command for it. */
export type Fetchable = { readonly listing: TransferListing } | { readonly whyNot: string };

/** Its header goes with every request (rclone docs, --header), also to another host that the store redirects to. */
const NO_RCLONE =
  'No command for rclone: it would send your token to every host that the store redirects to.';

function tokenOf(fetchable: Fetchable): string | null {
  return 'whyNot' in fetchable
    ? null
    : (fetchable.listing.files.find(file => file.tokenOf !== null)?.tokenOf ?? null);
}

/** One line that says why only the companion can do it, or why one program cannot; null when all can. */
function whyNot(fetchable: Fetchable): string | null {
  return whyNotOthers(fetchable) ?? (tokenOf(fetchable) === null ? null : NO_RCLONE);
}

/** One line that says why only the companion can do it; null when others can. */
function whyNotOthers(fetchable: Fetchable): string | null {
  if ('whyNot' in fetchable) {
    return `Other programs cannot fetch it now: ${fetchable.whyNot}`;
  }
  const { files, isWhole } = fetchable.listing;
  if (!isWhole) {
    return `More than ${files.length} files: left to the companion, which reads the list page by page, goes on after a break and verifies.`;
  }
  if (files.length === 0) {
    return 'No file is known of it.';
  }
  return new Set(files.map(file => file.tokenOf).filter(name => name !== null)).size > 1
    ? 'Its files want tokens of several services: left to the companion, which has them.'
    : null;
}

function others(fetchable: Fetchable): readonly CopyAs[] {
  if ('whyNot' in fetchable || whyNotOthers(fetchable) !== null) {
    return [];
  }
  const { listing } = fetchable;
  const token = tokenOf(fetchable);
  const about = aboutToken(token);
  return [
    shell('curl', about + fetchWithCurl(listing)),
    ...(token === null ? [shell('rclone', fetchWithRclone(listing))] : []),
    python(about + fetchWithPython(listing))
  ];
}

/** How to pull something without a click. */
export function pullCommands(wish: StartTransfer, fetchable: Fetchable): readonly CopyAs[] {
  const why = whyNot(fetchable);
  const own = commandLine(
    'pull',
    [wish.pid ?? wish.url ?? ''],
    [...option('to', wish.to, quotePath), ...option('only', wish.only)]
  );
  return [shell('jupyter panosc', (why === null ? '' : comment(why)) + own), ...others(fetchable)];
}

/** How to look after a transfer, and how to do the same with another program. */
export function transferCommands(
  { id }: Pick<Transfer, 'id'>,
  canVerify: boolean,
  fetchable: Fetchable
): readonly CopyAs[] {
  const why = whyNot(fetchable);
  return [
    shell(
      'jupyter panosc transfer',
      (why === null ? '' : comment(why)) + commandLine('transfer', [id])
    ),
    ...(canVerify
      ? [shell('jupyter panosc transfer … verify', commandLine('transfer', [id, 'verify']))]
      : []),
    ...others(fetchable)
  ];
}
