import type { CallContext } from '../../core/call-context.ts';
import { problem } from '../../core/problem.ts';
import type { StoreProfile } from '../../facility/profile.ts';
import type { PullFile, PullResult, TransferBackend, TransferFeatures } from '../port.ts';
import { readAuthority } from '../puller/authority.ts';
import { digestOfFile } from '../puller/digest-of-file.ts';
import { FilePull } from '../puller/pull-file.ts';
import { ByteCount } from '../puller/pull-parts.ts';
import { keptBytes, readJournal } from '../puller/journal.ts';
import { Pace } from '../puller/pace.ts';
import { PullerPool } from '../puller/pool.ts';
import { StoreAccess, type PullOptions } from '../puller/store-access.ts';
import { leftoversOf, removeLeftovers, sizeOfTarget } from '../puller/target.ts';

const defaults: PullOptions = {
  idleMs: 30_000,
  retries: 5,
  firstBackoffMs: 500,
  isSynced: true,
  env: {}
};
const PROGRESS_MS = 100;

/** HTTP(S) and WebDAV by our own resumable puller. */
export class HttpBackend implements TransferBackend {
  readonly features: TransferFeatures = {
    resumesInFile: true,
    survivesSession: false,
    schemes: ['http', 'https']
  };
  readonly #pace: Pace;
  readonly #pool: PullerPool;
  /** Final names that are being written. The state folder's lock makes this process the only one of a person. */
  readonly #targets = new Set<string>();
  readonly #options: PullOptions;
  readonly #resolveFile: (name: string) => string;

  /** `pace` is shared with whoever else moves bytes in this process; alone there is no limit. */
  constructor(
    resolveFile: (name: string) => string,
    options: Partial<PullOptions> = {},
    pace = new Pace()
  ) {
    this.#resolveFile = resolveFile;
    this.#pace = pace;
    this.#options = { ...defaults, ...options };
    this.#pool = new PullerPool(pace.rate, this.#options.env);
  }

  async pull(
    store: StoreProfile,
    file: PullFile,
    call: CallContext,
    onProgress: (bytes: number) => void
  ): Promise<PullResult> {
    if (this.#targets.has(file.target)) {
      // Two pulls would write into one partial file, and each would believe what the other wrote.
      throw problem(
        'target-exists',
        `Another transfer is pulling into ${file.target} right now. Choose another folder, or retry when it has ended.`
      );
    }
    this.#targets.add(file.target);
    try {
      return await this.#pull(store, file, call, onProgress);
    } finally {
      this.#targets.delete(file.target);
    }
  }

  async #pull(
    store: StoreProfile,
    file: PullFile,
    call: CallContext,
    onProgress: (bytes: number) => void
  ): Promise<PullResult> {
    let told = 0;
    let latest: number | null = null;
    const pull = new FilePull({
      pool: this.#pool,
      pace: this.#pace,
      options: this.#options,
      store,
      file,
      call,
      ca: readAuthority(store, this.#resolveFile),
      access: new StoreAccess(store, file.target, call, this.#options),
      bytes: new ByteCount(bytes => {
        latest = bytes;
        const now = call.clock.monotonic();
        if (now - told >= PROGRESS_MS) {
          told = now;
          onProgress(bytes);
        }
      })
    });
    try {
      return await pull.run();
    } finally {
      // Before anything was read it is not known what is here: 0 would be written down as nothing.
      if (latest !== null) {
        onProgress(latest);
      }
    }
  }

  async verify(file: PullFile, call: CallContext): Promise<PullResult> {
    const size = await sizeOfTarget(file.target);
    if (size === null) {
      throw problem(
        'file-removed',
        `${file.target} is not there any more. Retry to pull it again.`
      );
    }
    if (file.sizeBytes !== null && size !== file.sizeBytes) {
      throw problem(
        'size-mismatch',
        `${file.target} has ${size} bytes instead of ${file.sizeBytes}. It was changed after the pull. Move it away, then retry to get it again.`
      );
    }
    if (file.checksum === null) {
      return { bytes: size, state: 'as-sent', checksum: null };
    }
    const digest = await digestOfFile(
      this.#pool,
      file.target,
      size,
      file.checksum.algorithm,
      call.signal
    );
    if (digest !== file.checksum.value) {
      throw problem(
        'checksum-mismatch',
        `${file.target} does not match its ${file.checksum.algorithm} checksum from ${file.checksum.source}. It was changed after the pull. Move it away, then retry to get it again.`
      );
    }
    return { bytes: size, state: 'verified', checksum: file.checksum };
  }

  bytesHere({ target }: PullFile): number {
    return keptBytes(readJournal(leftoversOf(target).journalFile));
  }

  async discard(file: PullFile): Promise<void> {
    // What lies there belongs to whoever pulls to this target now.
    if (!this.#targets.has(file.target)) {
      await removeLeftovers(file.target);
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
