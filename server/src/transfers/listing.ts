import type { StartTransfer, TransferListing } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import type { ChecksumSource, LocatedFile } from '../datasets/port.ts';
import type { Profile, StoreProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { isAskedFor, loneNameOf, PAGE, sourceOfStore, type DatasetLocator } from './enumerate.ts';
import type { StoredFile } from './file-store.ts';
import { manifestPlaces } from './manifest.ts';
import { algorithmOf } from './parse-manifest.ts';
import type { Planner } from './planner.ts';
import { storeOf } from './puller/allowed-url.ts';
import { checkName } from './puller/target.ts';
import { StoreLooks } from './store-looks.ts';

/** More files than these are not for a command that a person reads. */
const MOST_FILES = 20;

type ListedFile = TransferListing['files'][number];
type Manifest = TransferListing['manifests'][number];

/** Says where the files of a pull are, for a person who wants to fetch them with another program. */
export class Listing {
  readonly #parts: Parts;
  readonly #datasets: DatasetLocator;
  readonly #planner: Planner;
  readonly #stores: StoreLooks;

  constructor(parts: Parts, datasets: DatasetLocator, planner: Planner) {
    this.#parts = parts;
    this.#datasets = datasets;
    this.#planner = planner;
    this.#stores = new StoreLooks(parts);
  }

  /** Of a pull that was not started. Throws as `Planner.destination` does, and `store-not-allowed`. */
  async ofWish(wanted: StartTransfer, call: CallContext): Promise<TransferListing> {
    const profile = this.#parts.facility.profile();
    const { to } = await this.#planner.destination(wanted, profile, call);
    if (wanted.url !== undefined) {
      const url = new URL(wanted.url);
      const source = sourceOfStore(storeOf(url, profile.stores));
      const file = this.#file({ path: loneNameOf(url), url, sizeBytes: null }, profile);
      return this.#listing(to, [file], true, source, call);
    }
    const dataset = await this.#datasets.locate(wanted.pid ?? '', wanted.catalogue, call);
    const files: LocatedFile[] = [];
    let cursor: string | undefined;
    do {
      const page = await dataset.files(cursor, PAGE);
      files.push(...page.items.filter(file => isAskedFor(file, wanted.only)));
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined && files.length <= MOST_FILES);
    const first = files.slice(0, MOST_FILES).map(({ relativePath, sizeBytes, url }) => {
      checkName(relativePath);
      return this.#file({ path: relativePath, url: new URL(url), sizeBytes }, profile);
    });
    const isWhole = files.length <= MOST_FILES;
    return this.#listing(to, first, isWhole, dataset.checksums, call);
  }

  /** Of files that were listed for a transfer, with this profile. */
  ofFiles(
    to: string,
    files: readonly StoredFile[],
    isWhole: boolean,
    profile: Profile
  ): TransferListing {
    return {
      to,
      files: files.map(({ checksum, path, sizeBytes, url }) => ({
        ...this.#file({ path, url: new URL(url), sizeBytes }, profile),
        checksum:
          checksum === null ? null : { algorithm: checksum.algorithm, value: checksum.value }
      })),
      isWhole,
      manifests: []
    };
  }

  /** The files of a transfer are asked for up to this count. */
  get mostFiles(): number {
    return MOST_FILES;
  }

  #access(
    { ca_file: caFile, token_from: provider }: StoreProfile,
    { providers }: Profile
  ): Pick<ListedFile, 'tokenOf' | 'caFile'> {
    return {
      tokenOf: providers.find(({ id }) => id === provider)?.title ?? null,
      caFile: caFile === undefined ? null : this.#parts.facility.resolveFile(caFile)
    };
  }

  #file(
    { path, sizeBytes, url }: { path: string; url: URL; sizeBytes: number | null },
    profile: Profile
  ): ListedFile {
    const access = this.#access(storeOf(url, profile.stores), profile);
    return { path, url: url.href, sizeBytes, ...access, checksum: null };
  }

  async #listing(
    to: string,
    files: ListedFile[],
    isWhole: boolean,
    source: ChecksumSource,
    call: CallContext
  ): Promise<TransferListing> {
    const manifests = source.kind === 'manifest' ? await this.#manifests(files, source, call) : [];
    return { to, files, isWhole, manifests };
  }

  /** One for each folder that has one, or may have one. */
  async #manifests(
    files: readonly ListedFile[],
    source: ChecksumSource & { kind: 'manifest' },
    call: CallContext
  ): Promise<Manifest[]> {
    const { stores } = this.#parts.facility.profile();
    const found = new Map<string, Manifest>();
    for (const { caFile, path, tokenOf, url } of files) {
      const file = new URL(url);
      const [place, ...others] = manifestPlaces(source.name, storeOf(file, stores), file);
      // Which of several places it is, and whether its names fit to the folders here, only the pull finds out.
      if (place === undefined || others.length > 0 || found.has(place.url.href)) {
        continue;
      }
      const { checksums } = await this.#stores.look({ file, source, isAlone: false }, call);
      if (checksums !== 'none') {
        found.set(place.url.href, {
          url: place.url.href,
          algorithm: algorithmOf(source.name),
          folder: path.split('/').slice(0, -1).join('/'),
          isThere: checksums === 'there',
          tokenOf,
          caFile
        });
      }
    }
    return [...found.values()];
  }
}
