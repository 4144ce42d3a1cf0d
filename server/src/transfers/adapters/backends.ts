import type { StoreProfile } from '../../facility/profile.ts';
import type { TransferBackend } from '../port.ts';
import { transferBackends } from './index.ts';

type ClosingBackend = ReturnType<(typeof transferBackends)['http']>;

/** The backends that are in use, one a kind of store. */
export class Backends {
  readonly #resolveFile: (name: string) => string;
  readonly #known = new Map<StoreProfile['kind'], ClosingBackend>();

  constructor(resolveFile: (name: string) => string) {
    this.#resolveFile = resolveFile;
  }

  of(kind: StoreProfile['kind']): TransferBackend {
    const backend = this.#known.get(kind) ?? transferBackends[kind](this.#resolveFile);
    this.#known.set(kind, backend);
    return backend;
  }

  /** Ends their threads. */
  async close(): Promise<void> {
    await Promise.all([...this.#known.values()].map(backend => backend.close()));
  }
}
