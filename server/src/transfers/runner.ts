import path from 'node:path';
import { bytesText } from '../core/bytes-text.ts';
import type { CallContext } from '../core/call-context.ts';
import { freeBytes } from '../core/disk-space.ts';
import { problem, ProblemError, toProblem } from '../core/problem.ts';
import type { Profile, StoreProfile } from '../facility/profile.ts';
import type { Backends } from './adapters/backends.ts';
import type { TransferOperation } from './describe.ts';
import type { FileEnd, FileStore, StoredFile } from './file-store.ts';
import type { PullFile, PullResult } from './port.ts';
import { storeOf } from './puller/allowed-url.ts';
import { allocatedBytes, leftoversOf, prepareFolder } from './puller/target.ts';

const FILES_AT_ONCE = 2;
const BATCH = 50;
/** What stops the whole transfer; other problems belong to one file. */
const stopping = new Set([
  'sign-in-needed',
  'disk-full',
  'upstream-unreachable',
  'upstream-slow',
  'proxy-refused',
  'provider-unreachable',
  'target-not-writable',
  'no-profile',
  'bad-profile'
]);

/** How the runner tells what moves. */
export interface RunnerHooks {
  readonly onBytes: (position: number, bytes: number) => void;
  /** `end` is null when the file was given up for now. */
  readonly onFileEnd: (position: number, end: FileEnd | null) => void;
  /** The machine has no place for it: one file at a time, and one connection. */
  readonly isSlow?: boolean;
}

/** Where a stored file goes on disk. */
export function pullFileOf(operation: TransferOperation, file: StoredFile): PullFile {
  const { checksums } = operation.data;
  return {
    url: new URL(file.url),
    target: path.join(operation.request.to, ...file.path.split('/')),
    sizeBytes: file.sizeBytes,
    checksum: file.checksum,
    checksumHeader: checksums.kind === 'header' ? checksums.name : null
  };
}

/** Moves (or only hashes) every waiting file of one transfer. */
export class TransferRunner {
  readonly #operation: TransferOperation;
  readonly #files: FileStore;
  readonly #profile: Profile;
  readonly #backends: Backends;
  readonly #hooks: RunnerHooks;

  constructor(
    operation: TransferOperation,
    files: FileStore,
    profile: Profile,
    backends: Backends,
    hooks: RunnerHooks
  ) {
    this.#operation = operation;
    this.#files = files;
    this.#profile = profile;
    this.#backends = backends;
    this.#hooks = hooks;
  }

  /** Throws `does-not-fit` when what is missing is larger than the free space. */
  async refuseWhatDoesNotFit(bytesTotal: number | null): Promise<void> {
    const { request } = this.#operation;
    const free = await freeBytes(request.to);
    const missing = (bytesTotal ?? 0) - this.#files.totals(this.#operation.id).doneBytes;
    if (free !== null && missing > free && missing - (await this.#bytesHere()) > free) {
      throw problem(
        'does-not-fit',
        `"${request.title}" needs ${bytesText(missing)} more, and ${request.to} has ${bytesText(free)} free. Choose another folder, or pull a part with a file pattern.`,
        {
          extra: { neededBytes: missing, freeBytes: free }
        }
      );
    }
  }

  /** Ends when no file is waiting. Throws what stops the whole transfer. */
  async run(call: CallContext): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([call.signal, stop.signal]);
    const context: CallContext = { ...call, signal };
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      const queue = [...batch];
      const lane = async (): Promise<void> => {
        for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
          signal.throwIfAborted();
          await this.#handle(file, context);
        }
      };
      const lanes = Array.from({ length: this.#hooks.isSlow === true ? 1 : FILES_AT_ONCE }, () =>
        lane().catch((error: unknown) => {
          stop.abort(error);
          throw error;
        })
      );
      const [first] = (await Promise.allSettled(lanes)).filter(lane => lane.status === 'rejected');
      if (first !== undefined) {
        call.signal.throwIfAborted();
        throw stop.signal.reason;
      }
    }
  }

  /** Bytes of unfinished files that take up their place on the disk already. */
  async #bytesHere(): Promise<number> {
    const { id } = this.#operation;
    let bytes = 0;
    let cursor: string | undefined;
    do {
      const page = this.#files.page(id, cursor, 1000);
      for (const file of page.items.filter(({ state }) => state === 'waiting')) {
        const { target } = pullFileOf(this.#operation, file);
        bytes +=
          (await allocatedBytes(leftoversOf(target).partFile)) + (await allocatedBytes(target));
      }
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    return bytes;
  }

  #next(): StoredFile[] {
    return this.#files.waiting(this.#operation.id, BATCH);
  }

  async #handle(file: StoredFile, call: CallContext): Promise<void> {
    const { id, data } = this.#operation;
    let end: FileEnd | null = null;
    try {
      const wanted = pullFileOf(this.#operation, file);
      const found = storeOf(wanted.url, this.#profile.stores);
      const store = this.#hooks.isSlow === true ? { ...found, streams: 1 } : found;
      const backend = this.#backends.of(store.kind);
      const result =
        data.mode === 'verify'
          ? { ...(await backend.verify(wanted, call)), wasHere: file.wasHere }
          : await this.#pull(store, wanted, file.position, call);
      const { wasHere = false } = result;
      this.#files.set(id, file.position, {
        state: result.state,
        bytes: result.bytes,
        problem: null,
        facts: { url: file.url, sizeBytes: result.bytes, checksum: result.checksum },
        wasHere
      });
      end = { state: result.state, bytes: result.bytes, wasHere };
      await backend.discard(wanted);
    } catch (error) {
      call.signal.throwIfAborted();
      if (!(error instanceof ProblemError) || stopping.has(error.slug)) {
        throw error;
      }
      this.#files.set(id, file.position, { state: 'failed', problem: toProblem(error) });
      end = { state: 'failed', bytes: 0 };
    } finally {
      this.#hooks.onFileEnd(file.position, end);
    }
  }

  async #pull(
    store: StoreProfile,
    wanted: PullFile,
    position: number,
    call: CallContext
  ): Promise<PullResult> {
    const { id, request } = this.#operation;
    const { disk } = this.#files;
    const made = await prepareFolder(wanted.target, request.root);
    if (made !== null) {
      disk.keepMadeFolder(id, made);
    }
    const file = { ...wanted, sent: disk.sent(wanted.target) };
    const result = await this.#backends
      .of(store.kind)
      .pull(store, file, call, bytes => this.#hooks.onBytes(position, bytes));
    if (result.sent != null) {
      disk.keepSent(id, wanted.target, result.sent);
    }
    return result;
  }
}
