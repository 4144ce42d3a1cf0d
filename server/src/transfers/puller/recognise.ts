import { problem } from '../../core/problem.ts';
import type { ExpectedChecksum, PullFile, PullResult } from '../port.ts';
import { digestOfFile } from './digest-of-file.ts';
import { readJournal, type JournalContent } from './journal.ts';
import type { Probe } from './probe.ts';
import type { PullParts } from './pull-parts.ts';
import { isUntouched, sentFileOf } from './sent-file.ts';
import { hasOtherPart, leftoversOf } from './target.ts';

/** The version of the file that the store has now. */
type AskStore = () => Promise<Probe>;

function isSameVersion(
  now: Probe,
  then: { readonly validator: string | null; readonly sizeBytes: number }
): boolean {
  return (
    now.validator === then.validator && (now.sizeBytes === null || now.sizeBytes === then.sizeBytes)
  );
}

/** Our own pull from this address was complete, and its partial file has become the target. */
async function isEndedPull(
  { target, url }: PullFile,
  size: number,
  { isEnded, plan }: JournalContent
): Promise<boolean> {
  return (
    isEnded && plan?.url === url.href && plan.sizeBytes === size && !(await hasOtherPart(target))
  );
}

/** Without a checksum only this is known: which version an earlier pull left here, and which one the store has. */
async function recogniseAsSent(
  file: PullFile,
  size: number,
  journal: JournalContent,
  ask: AskStore
): Promise<PullResult | null> {
  const { sent, target, url } = file;
  const result = { bytes: size, state: 'as-sent', checksum: null } as const;
  if (journal.plan !== null && (await isEndedPull(file, size, journal))) {
    return isSameVersion(await ask(), journal.plan)
      ? { ...result, sent: await sentFileOf(target, url, journal.plan.validator) }
      : null;
  }
  return sent?.url === url.href &&
    (await isUntouched(target, sent)) &&
    isSameVersion(await ask(), sent)
    ? { ...result, wasHere: true, sent }
    : null;
}

/**
 * A file under the final name: ours when it agrees with the checksum, when our journal says that it was
 * complete and its partial file has become the target (a kill came before the result was written down), or when
 * nobody changed it here since an earlier pull; without a checksum the store must have that version still.
 * Throws `target-exists`.
 */
export async function recognise(
  { bytes, call, file, pool }: PullParts,
  size: number,
  checksum: ExpectedChecksum | null,
  ask: AskStore
): Promise<PullResult> {
  const { sizeBytes, target } = file;
  const journal = readJournal(leftoversOf(target).journalFile);
  let result: PullResult | null = null;
  if (sizeBytes !== null && size !== sizeBytes) {
    // Another file, whatever is in it.
  } else if (checksum === null) {
    result = await recogniseAsSent(file, size, journal, ask);
  } else if (
    (await digestOfFile(pool, target, size, checksum.algorithm, call.signal)) === checksum.value
  ) {
    result = { bytes: size, state: 'verified', checksum, wasHere: !journal.isEnded };
  }
  if (result === null) {
    throw problem(
      'target-exists',
      `${target} exists already and is not known to be the same file. Move it away, or choose another folder.`
    );
  }
  bytes.add(size);
  return result;
}
