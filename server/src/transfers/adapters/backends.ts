import type { Environment } from '../../core/proxy.ts';
import type { StoreProfile } from '../../facility/profile.ts';
import type { TransferBackend } from '../port.ts';
import type { Pace } from '../puller/pace.ts';
import { transferBackends } from './index.ts';

type ClosingBackend = ReturnType<(typeof transferBackends)['http']>;

/** The backends that are in use, one a kind of store. */
export class Backends {
  readonly #resolveFile: (name: string) => string;
  readonly #pace: Pace;
  readonly #env: Environment;
  readonly #known = new Map<StoreProfile['kind'], ClosingBackend>();

  constructor(resolveFile: (name: string) => string, pace: Pace, env: Environment) {
    this.#env = env;
    this.#resolveFile = resolveFile;
    this.#pace = pace;
  }

  of(kind: StoreProfile['kind']): TransferBackend {
    const backend =
      this.#known.get(kind) ?? transferBackends[kind](this.#resolveFile, this.#pace, this.#env);
    this.#known.set(kind, backend);
    return backend;
  }

  /** Ends their threads. */
  async close(): Promise<void> {
    await Promise.all([...this.#known.values()].map(backend => backend.close()));
  }
}
