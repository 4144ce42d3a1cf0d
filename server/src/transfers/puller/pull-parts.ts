import type { CallContext } from '../../core/call-context.ts';
import type { StoreProfile } from '../../facility/profile.ts';
import type { PullFile } from '../port.ts';
import type { Pace } from './pace.ts';
import type { PullerPool } from './pool.ts';
import type { PullOptions, StoreAccess } from './store-access.ts';

/** Bytes of one file that are on the disk. */
export class ByteCount {
  readonly #onChange: (bytes: number) => void;
  #bytes = 0;

  constructor(onChange: (bytes: number) => void) {
    this.#onChange = onChange;
  }

  /** Negative when something that was counted is fetched again. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#onChange(this.#bytes);
  }

  reset(): void {
    this.add(-this.#bytes);
  }
}

/** What the steps of one pull share. */
export interface PullParts {
  readonly pool: PullerPool;
  /** What this pull shares with all others. */
  readonly pace: Pace;
  readonly options: PullOptions;
  readonly store: StoreProfile;
  readonly file: PullFile;
  readonly call: CallContext;
  /** PEM of the store's own authority; null for the system's. */
  readonly ca: string | null;
  readonly access: StoreAccess;
  readonly bytes: ByteCount;
}
