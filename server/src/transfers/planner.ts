import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { folderNameOf, type StartTransfer, type TransferPlan } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { freeBytes } from '../core/disk-space.ts';
import { expandHome } from '../core/paths.ts';
import { problem } from '../core/problem.ts';
import type { ChecksumSource } from '../datasets/port.ts';
import type { Profile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import type { TokenSource } from '../signin/port.ts';
import { destinationOf, folderNameOfAddress } from './destination.ts';
import { isAskedFor, loneNameOf, PAGE, sourceOfStore, type DatasetLocator } from './enumerate.ts';
import { countHere, hasEntries } from './already-here.ts';
import { limitsOf, refusalOf, refuseTooLarge, refuseWhenOff, type Limits } from './limits.ts';
import { storeOf } from './puller/allowed-url.ts';
import { sizeOfTarget } from './puller/target.ts';
import { StoreLooks } from './store-looks.ts';
import { refuseUnusableFolder } from './usable-folder.ts';

/** Setting in which the last measured rate of a facility's store is kept, in bytes a second. */
export function rateSetting(
  facility: { readonly id: string },
  store: { readonly id: string }
): string {
  return `transfers.rate.${facility.id}.${store.id}`;
}

interface PlannedFile {
  readonly path: string;
  readonly sizeBytes: number | null;
}

interface Source {
  readonly title: string;
  /** Name of the folder that is offered. */
  readonly folder: string;
  readonly bytes: number | null;
  readonly files: number | null;
  readonly checksums: ChecksumSource;
  /** The file that says what the store has; null for a dataset without files. */
  readonly first: URL | null;
  readonly isAlone: boolean;
  /** Paths and sizes of the first files that are wanted. */
  readonly firstFiles: () => Promise<readonly PlannedFile[]>;
}

function checksumWords(source: ChecksumSource): string | null {
  switch (source.kind) {
    case 'none':
      return null;
    case 'manifest':
      return `${source.name} beside the data`;
    case 'header':
      return `the store’s ${source.name} header`;
  }
}

/** A lone file of another size under this name ends the pull for certain, so the plan says it. */
async function refuseAnother(target: string, bytes: number | null): Promise<void> {
  const here = await sizeOfTarget(target);
  if (here !== null && bytes !== null && here !== bytes) {
    throw problem(
      'target-exists',
      `${target} exists already and is another file: it has ${here} bytes instead of ${bytes}. Move it away, or choose another folder.`
    );
  }
}

/** Space and time that the bytes take which are not here yet. */
function effortOf(
  missing: number | null,
  free: number | null,
  rate: number
): Pick<TransferPlan, 'freeAfterBytes' | 'fits' | 'seconds'> {
  const after = missing === null || free === null ? null : free - missing;
  return {
    freeAfterBytes: after,
    fits: after === null ? null : after >= 0,
    seconds: missing === null || !(rate > 0) ? null : missing / rate
  };
}

/** Says what a pull would do, before anything is written. */
export class Planner {
  readonly #parts: Parts;
  readonly #datasets: DatasetLocator;
  readonly #signin: Pick<TokenSource, 'hasAccount'>;
  readonly #stores: StoreLooks;

  constructor(parts: Parts, datasets: DatasetLocator, signin: Pick<TokenSource, 'hasAccount'>) {
    this.#parts = parts;
    this.#datasets = datasets;
    this.#signin = signin;
    this.#stores = new StoreLooks(parts);
  }

  /**
   * Throws as `destination` does. For an address also `file-missing` when nothing is behind it, and `target-exists`
   * when another file has its place.
   */
  async plan(wanted: StartTransfer, call: CallContext): Promise<TransferPlan> {
    const profile = this.#parts.facility.profile();
    refuseWhenOff(profile, this.#parts.config);
    const source = await this.#find(wanted, profile, call);
    const { checksums, files, first, firstFiles, folder, isAlone, title } = source;
    const { to } = await this.#place(wanted, folder, profile);
    const [free, look] = await Promise.all([
      freeBytes(to),
      first === null ? null : this.#stores.look({ file: first, source: checksums, isAlone }, call)
    ]);
    const bytes = source.bytes ?? look?.sizeBytes ?? null;
    if (isAlone) {
      await refuseAnother(path.join(to, title), bytes);
    }
    const here = (await hasEntries(to))
      ? await countHere(to, isAlone ? [{ path: title, sizeBytes: bytes }] : await firstFiles())
      : null;
    const checksumsFound = look?.checksums ?? 'none';
    const limits = this.#limits(profile);
    const rate = Math.min(this.#rateOf(first, profile), limits.rateBytes ?? Infinity);
    return {
      title,
      to,
      files,
      bytes,
      freeBytes: free,
      ...effortOf(bytes === null ? null : Math.max(0, bytes - (here?.bytes ?? 0)), free, rate),
      checksums: checksumsFound === 'none' ? null : checksumWords(checksums),
      checksumsFound,
      refusal: refusalOf(title, bytes, limits, profile),
      needsSignIn: this.#needsSignIn(first, profile),
      here,
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

  /**
   * Title and place of a pull with this profile. Throws `not-offered`, `pull-too-large` where the size is known,
   * `path-not-allowed`, `store-not-allowed`, `dataset-not-found`,
   * and `other-facility` when the profile is no longer the active one.
   */
  async destination(
    wanted: StartTransfer,
    profile: Profile,
    call: CallContext
  ): Promise<{ title: string; to: string; root: string }> {
    refuseWhenOff(profile, this.#parts.config);
    const source = await this.#find(wanted, profile, call);
    const { folder, title } = source;
    await this.#refuseTooLarge(source, profile, call);
    const place = await this.#place(wanted, folder, profile);
    if (!isDeepStrictEqual(this.#parts.facility.profile(), profile)) {
      throw problem('other-facility', 'Another facility was chosen meanwhile. Start again.');
    }
    return { title, ...place };
  }

  async #place(
    wanted: StartTransfer,
    folder: string,
    profile: Profile
  ): Promise<{ to: string; root: string }> {
    const place = destinationOf(wanted.to, folder, profile, this.#parts.surroundings.home);
    await refuseUnusableFolder(place.to);
    return place;
  }

  #limits(profile: Profile): Limits {
    return limitsOf(profile.transfers, this.#parts.config.transfers);
  }

  async #refuseTooLarge(
    { bytes, checksums, first, isAlone, title }: Source,
    profile: Profile,
    call: CallContext
  ): Promise<void> {
    const limits = this.#limits(profile);
    // A store is asked only where it matters.
    const isAsked = limits.pullBytes !== null && bytes === null && isAlone && first !== null;
    const look = isAsked
      ? await this.#stores.look({ file: first, source: checksums, isAlone }, call)
      : null;
    refuseTooLarge(title, bytes ?? look?.sizeBytes ?? null, limits, profile);
  }

  #needsSignIn(file: URL | null, { stores }: Profile): boolean {
    const provider = file === null ? undefined : storeOf(file, stores).token_from;
    return provider !== undefined && !this.#signin.hasAccount(provider);
  }

  /** Last measured rate of the store in bytes a second; not a number when nothing was measured. */
  #rateOf(file: URL | null, profile: Profile): number {
    const name = file === null ? null : rateSetting(profile, storeOf(file, profile.stores));
    return Number((name === null ? null : this.#parts.settings.get(name)) ?? Number.NaN);
  }

  async #find(wanted: StartTransfer, { stores }: Profile, call: CallContext): Promise<Source> {
    if (wanted.url !== undefined) {
      if (!URL.canParse(wanted.url)) {
        throw problem('bad-request', 'This is not an address.');
      }
      const first = new URL(wanted.url);
      const store = storeOf(first, stores);
      return {
        title: loneNameOf(first),
        folder: folderNameOfAddress(first, store),
        bytes: null,
        files: 1,
        checksums: sourceOfStore(store),
        first,
        isAlone: true,
        firstFiles: () => Promise.resolve([])
      };
    }
    const dataset = await this.#datasets.locate(wanted.pid ?? '', wanted.catalogue, call);
    const { checksums, fileCount, sizeBytes, title } = dataset;
    const [file] = (await dataset.files(undefined, 1)).items;
    const first = file === undefined ? null : new URL(file.url);
    if (first !== null) {
      storeOf(first, stores);
    }
    const isWhole = wanted.only === undefined;
    return {
      title,
      folder: folderNameOf(title, wanted.pid),
      bytes: isWhole ? sizeBytes : null,
      files: isWhole ? fileCount : null,
      checksums,
      first,
      isAlone: false,
      firstFiles: async () =>
        (await dataset.files(undefined, PAGE)).items
          .filter(item => isAskedFor(item, wanted.only))
          .map(({ relativePath, sizeBytes }) => ({ path: relativePath, sizeBytes }))
    };
  }
}
