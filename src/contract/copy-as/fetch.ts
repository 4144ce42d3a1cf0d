import type { TransferListing } from '../transfers.ts';
import { algorithms, sumOf } from './checkable.ts';
import { option, subshell } from './command.ts';
import { quoteForShell } from './quote-for-shell.ts';
import { curlWithToken, TOKEN_NEEDED } from './token.ts';

type Remote = Pick<TransferListing['manifests'][number], 'url' | 'tokenOf' | 'caFile'>;

/** A name that no program takes for an option or for a place of its own. */
const here = (path: string): string => quoteForShell(`./${path}`);

/** The words and lines that make curl fetch this; `more` stands before the address. */
function curl({ caFile, tokenOf, url }: Remote, more: readonly string[], after = ''): string[] {
  const words = [
    'curl --fail --location --globoff',
    ...option('cacert', caFile ?? undefined),
    ...more,
    quoteForShell(url)
  ].join(' ');
  const [config, ...lines] = curlWithToken;
  return tokenOf === null ? [words + after] : [words + config + after, ...lines];
}

/** What `sha256sum --check` reads: a backslash in front says that the name is written with escapes. */
function sumLine(value: string, path: string): string {
  const name = `./${path}`;
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === name ? '' : '\\'}${value}  ${escaped}`;
}

/** Lines that check what was fetched, as far as the facility publishes checksums. */
function checks({ files, manifests }: TransferListing): readonly string[] {
  const known = algorithms.flatMap(algorithm => {
    const sums = files
      .filter(({ checksum }) => checksum?.algorithm === algorithm)
      .map(({ checksum, path }) => quoteForShell(sumLine(checksum?.value ?? '', path)));
    return sums.length === 0 ? [] : [`printf '%s\\n' ${sums.join(' ')} | ${algorithm}sum --check`];
  });
  const published = manifests.flatMap(manifest => {
    const { algorithm, folder, isThere } = manifest;
    const quiet = ['--silent', '--show-error'];
    const check = `| (cd ${here(folder)} && ${algorithm}sum --check --ignore-missing)`;
    return isThere
      ? curl(manifest, quiet, ` ${check}`)
      : [
          '# The store could not be asked whether it has checksums.',
          'if',
          ...curl(manifest, [...quiet, '--output /dev/null']),
          'then',
          ...curl(manifest, quiet, ` ${check}`),
          'fi'
        ];
  });
  return [...known, ...published];
}

/** The lines around the fetching of each file. */
function inFolder(listing: TransferListing, lines: readonly string[]): string {
  const isSecret = listing.files.some(({ tokenOf }) => tokenOf !== null);
  const to = quoteForShell(listing.to);
  return subshell([
    ...(isSecret ? [TOKEN_NEEDED] : []),
    `mkdir -p -- ${to}`,
    `cd -- ${to}`,
    ...lines,
    ...checks(listing)
  ]);
}

/**
 * curl(1): what is whole has its own name only then. Repeated, it goes on with a part only where a checksum tells
 * whether both halves are of one version: curl does not ask that (RFC 9110, 13.1.5). Asked to go on with a whole part,
 * it would fail (416).
 */
export function fetchWithCurl(listing: TransferListing): string {
  const lines = listing.files.flatMap(file => {
    const whole = here(file.path);
    const part = here(`${file.path}.part`);
    const goesOn = file.sizeBytes !== null && sumOf(file) !== null;
    const isHere = `[ -e ${whole} ] ||`;
    const isFetched = goesOn
      ? `${isHere} [ -n "$(find ${part} -size ${file.sizeBytes}c 2>/dev/null)" ] ||`
      : isHere;
    const how = [...(goesOn ? ['--continue-at -'] : []), '--create-dirs', `--output ${part}`];
    const [first, ...more] = curl(file, how);
    return [`${isFetched} ${first ?? ''}`, ...more, `${isHere} mv -- ${part} ${whole}`];
  });
  return inFolder(listing, lines);
}

/** `rclone copyurl`, for open data alone: a header of its own it sends to wherever a store redirects. */
export function fetchWithRclone(listing: TransferListing): string {
  const lines = listing.files.map(({ caFile, path, url }) =>
    [
      'rclone copyurl',
      ...option('ca-cert', caFile ?? undefined),
      quoteForShell(url),
      here(path)
    ].join(' ')
  );
  return inFolder(listing, lines);
}
