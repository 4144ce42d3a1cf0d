import path from 'node:path';
import { isInside, realPathOfExistingPart } from '../core/paths.ts';
import type { Backends } from './adapters/backends.ts';
import type { TransferOperation } from './describe.ts';
import type { StoredFile } from './file-store.ts';
import { removeMadeFolders } from './made-folders.ts';
import { pullFileOf } from './runner.ts';
import type { TransferStore } from './transfer-store.ts';

/** Removes what unfinished files left on the disk, one transfer at a time, so that nobody pulls into it meanwhile. */
export class Sweeper {
  readonly #store: TransferStore;
  readonly #backends: Backends;
  readonly #sweeping = new Map<string, Promise<unknown>>();

  constructor(store: TransferStore, backends: Backends) {
    this.#store = store;
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

  /** Takes away empty folders that this transfer made; what is in use by another one stays. */
  async tidy(operation: TransferOperation): Promise<void> {
    const others = this.#store.unfinished().filter(({ id }) => id !== operation.id);
    await removeMadeFolders(operation, this.#store.files, folder =>
      others.some(({ request: { to } }) => isInside(to, folder) || isInside(folder, to))
    );
  }

  async #discard(operation: TransferOperation): Promise<void> {
    const { files } = this.#store;
    let cursor: string | undefined;
    do {
      const page = files.page(operation.id, cursor, 200);
      const unfinished = page.items.filter(
        ({ state }) => state === 'waiting' || state === 'failed'
      );
      const kept = this.#keptForOthers(operation, unfinished);
      for (const file of unfinished) {
        if (!kept.has(file.path)) {
          await this.#backends.of('http').discard(pullFileOf(operation, file));
        }
      }
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    files.forgetHalves(operation.id);
    if (operation.state === 'cancelled' || operation.state === 'failed') {
      await this.tidy(operation);
    }
  }

  /** Paths of files that another transfer pulls to the same place: what is half of them is for both. */
  #keptForOthers({ id, request }: TransferOperation, files: readonly StoredFile[]): Set<string> {
    const to = realPathOfExistingPart(request.to);
    const kept = new Set<string>();
    for (const other of this.#store.unfinished()) {
      const otherTo = realPathOfExistingPart(other.request.to);
      if (other.id === id || !(isInside(to, otherTo) || isInside(otherTo, to))) {
        continue;
      }
      const names = files.map(file => path.relative(otherTo, path.join(to, file.path)));
      for (const name of this.#store.files.unfinishedAmong(other.id, names)) {
        kept.add(path.relative(to, path.join(otherTo, name)));
      }
    }
    return kept;
  }
}
