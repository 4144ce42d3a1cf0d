import type { StartTransfer, TransferPlan } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { freeBytes } from '../core/disk-space.ts';
import { expandHome } from '../core/paths.ts';
import { problem } from '../core/problem.ts';
import type { Parts } from '../parts.ts';
import { destinationOf } from './destination.ts';
import type { DatasetLocator } from './enumerate.ts';
import { fileNameOf } from './file-name.ts';
import { storeOf } from './puller/allowed-url.ts';

/** Setting in which the last measured rate of a store is kept, in bytes a second. */
export function rateSetting(store: string | null): string {
  return `transfers.rate.${store ?? ''}`;
}

interface Source {
  readonly title: string;
  readonly bytes: number | null;
  readonly files: number | null;
  readonly checksums: string | null;
  readonly store: string | null;
}

/** Says what a pull would do, before anything is written. */
export class Planner {
  readonly #parts: Parts;
  readonly #datasets: DatasetLocator;

  constructor(parts: Parts, datasets: DatasetLocator) {
    this.#parts = parts;
    this.#datasets = datasets;
  }

  async plan(wanted: StartTransfer, call: CallContext): Promise<TransferPlan> {
    const source = await this.#look(wanted, call);
    const { to } = this.#place(wanted, source.title);
    const free = await freeBytes(to);
    const rate = Number(this.#parts.settings.get(rateSetting(source.store)) ?? Number.NaN);
    const { bytes, checksums, files, title } = source;
    return {
      title,
      to,
      files,
      bytes,
      freeBytes: free,
      freeAfterBytes: bytes === null || free === null ? null : free - bytes,
      fits: bytes === null || free === null ? null : bytes <= free,
      seconds: bytes === null || !(rate > 0) ? null : bytes / rate,
      checksums,
      afterSession:
        'It runs here: when this session ends it stops, and it goes on where it was at the next start.'
    };
  }

  /** Where a repeated request would go: as the first time, unless it names another folder. Asks nobody. */
  samePlace(
    wanted: StartTransfer,
    { root, title, to }: { readonly title: string; readonly to: string; readonly root: string }
  ): { title: string; to: string; root: string } {
    const { home } = this.#parts.surroundings;
    return { title, to: wanted.to === undefined ? to : expandHome(wanted.to, home), root };
  }

  /** Title and place of a pull. Throws `path-not-allowed`, `store-not-allowed`, `dataset-not-found`. */
  async destination(
    wanted: StartTransfer,
    call: CallContext
  ): Promise<{ title: string; to: string; root: string }> {
    const { title } = await this.#look(wanted, call);
    return { title, ...this.#place(wanted, title) };
  }

  #place(wanted: StartTransfer, title: string): { to: string; root: string } {
    const { facility, surroundings } = this.#parts;
    return destinationOf(wanted.to, title, facility.profile(), surroundings.home);
  }

  async #look(wanted: StartTransfer, call: CallContext): Promise<Source> {
    const { stores } = this.#parts.facility.profile();
    if (wanted.url !== undefined) {
      if (!URL.canParse(wanted.url)) {
        throw problem('bad-request', 'This is not an address.');
      }
      const url = new URL(wanted.url);
      const store = storeOf(url, stores);
      const checksums =
        store.checksums === 'none' ? null : (Object.values(store.checksums)[0] ?? null);
      const title = fileNameOf(url);
      return { title, bytes: null, files: 1, checksums, store: store.id };
    }
    const dataset = await this.#datasets.locate(wanted.pid ?? '', wanted.catalogue, call);
    const { checksums, fileCount, sizeBytes, title } = dataset;
    const [first] = (await dataset.files(undefined, 1)).items;
    const isWhole = wanted.only === undefined;
    return {
      title,
      bytes: isWhole ? sizeBytes : null,
      files: isWhole ? fileCount : null,
      checksums:
        checksums.kind === 'none'
          ? null
          : checksums.kind === 'manifest'
            ? `${checksums.name} beside the data`
            : `the store’s ${checksums.name} header`,
      store: first === undefined ? null : storeOf(new URL(first.url), stores).id
    };
  }
}
