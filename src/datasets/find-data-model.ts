import { Signal, type ISignal } from '@lumino/signaling';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset } from '../contract/datasets.ts';
import { createDatasetSearch, type DatasetSearch } from './dataset-search.ts';

const TAB_ROWS = 100;

/** What the tab *Find data* shows: a search, and the dataset whose details are open. */
export class FindDataModel {
  readonly search: DatasetSearch;
  readonly #companion: ICompanion;
  readonly #changed = new Signal<this, void>(this);
  #selected: Dataset | null = null;

  constructor(companion: ICompanion) {
    this.#companion = companion;
    this.search = createDatasetSearch(companion, TAB_ROWS);
    this.search.changed.connect(this.#keepFresh, this);
    // What is open belongs to the facility before.
    companion.events.on('facility').connect(() => this.select(null), this);
  }

  get selected(): Dataset | null {
    return this.#selected;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  select(dataset: Dataset | null): void {
    this.#selected = dataset;
    this.#changed.emit();
  }

  /** Searches for what a command asked for; `pid` opens the details of one dataset. */
  async show(wish: { q?: string; to?: string; pid?: string }): Promise<void> {
    const { pid, ...asked } = wish;
    if (Object.keys(asked).length > 0 || !this.search.isLoaded) {
      this.search.run(asked);
    }
    if (pid !== undefined) {
      try {
        this.select(
          await this.#companion.get<Dataset>('datasets/item', {
            pid,
            to: this.search.query.to
          })
        );
      } catch {
        // The table says what is wrong with the catalogue; without details it is complete.
      }
    }
  }

  dispose(): void {
    this.search.dispose();
    Signal.clearData(this);
  }

  /** "Fits" in the open details follows the table. */
  #keepFresh(): void {
    const open = this.#selected;
    const fresh = this.search.items.find(
      ({ pid, catalogue }) => pid === open?.pid && catalogue === open.catalogue
    );
    if (fresh !== undefined && fresh !== open) {
      this.select(fresh);
    }
  }
}
