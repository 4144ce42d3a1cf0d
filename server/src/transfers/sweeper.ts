import type { Backends } from './adapters/backends.ts';
import type { TransferOperation } from './describe.ts';
import type { FileStore } from './file-store.ts';
import { pullFileOf } from './runner.ts';

/** Removes what unfinished files left on the disk, one transfer at a time, so that nobody pulls into it meanwhile. */
export class Sweeper {
  readonly #files: FileStore;
  readonly #backends: Backends;
  readonly #sweeping = new Map<string, Promise<unknown>>();

  constructor(files: FileStore, backends: Backends) {
    this.#files = files;
    this.#backends = backends;
  }

  /** Resolves when nothing of this transfer is being removed. */
  async idle(id: string): Promise<void> {
    await this.#sweeping.get(id);
  }

  /** Waits for what still runs, then removes. */
  async sweep(operation: TransferOperation, ended: Promise<void> | undefined): Promise<void> {
    const { id } = operation;
    const sweeping = Promise.all([this.#sweeping.get(id), ended]).then(() =>
      this.#discard(operation)
    );
    const settled = sweeping.catch(() => undefined);
    this.#sweeping.set(id, settled);
    await sweeping.finally(() => {
      if (this.#sweeping.get(id) === settled) {
        this.#sweeping.delete(id);
      }
    });
  }

  async #discard(operation: TransferOperation): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = this.#files.page(operation.id, cursor, 200);
      for (const file of page.items) {
        if (file.state === 'waiting' || file.state === 'failed') {
          await this.#backends.of('http').discard(pullFileOf(operation, file));
        }
      }
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    this.#files.forgetHalves(operation.id);
  }
}
