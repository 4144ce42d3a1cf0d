import type { CallContext } from '../core/call-context.ts';
import { problem } from '../core/problem.ts';
import type { LocatedDataset } from '../datasets/service.ts';
import type { ChecksumSource, LocatedFile } from '../datasets/port.ts';
import type { Profile, StoreProfile } from '../facility/profile.ts';
import type { TransferRequest } from './describe.ts';
import { fileNameOf } from './file-name.ts';
import type { FileStore } from './file-store.ts';
import { matchesGlob } from './glob.ts';
import { Manifests } from './manifest.ts';
import { refuseNameConflicts } from './name-conflicts.ts';
import { storeOf } from './puller/allowed-url.ts';
import { fetchFor, type FetchParts } from './puller/authority.ts';
import { checkName } from './puller/target.ts';

/** Files that a catalogue is asked for at once; the first page also says which folder they share. */
export const PAGE = 200;

/** How the service reaches the datasets domain. */
export interface DatasetLocator {
  locate(pid: string, catalogue: string | undefined, call: CallContext): Promise<LocatedDataset>;
}

/** True when the pattern names this file, or there is none. */
export function isAskedFor(
  file: Pick<LocatedFile, 'name' | 'relativePath'>,
  only: string | undefined
): boolean {
  return only === undefined || matchesGlob(only, file.name) || matchesGlob(only, file.relativePath);
}

/** Name that a file gets which is pulled by its address. Throws `bad-file-name`. */
export function loneNameOf(url: URL): string {
  const name = fileNameOf(url);
  if (name === '') {
    throw problem(
      'bad-file-name',
      'The address does not end with a file name that can be used here.'
    );
  }
  checkName(name);
  return name;
}

/** Where the checksums of a file come from that no catalogue lists. */
export function sourceOfStore({ checksums }: StoreProfile): ChecksumSource {
  return checksums === 'none'
    ? { kind: 'none' }
    : 'manifest' in checksums
      ? { kind: 'manifest', name: checksums.manifest }
      : { kind: 'header', name: checksums.header };
}

/** Writes the files of a request into the store, page by page, with their checksums. Repeating it starts anew. */
export class Enumeration {
  readonly #profile: Profile;
  readonly #call: CallContext;
  readonly #files: FileStore;
  readonly #parts: FetchParts;
  readonly #manifests = new Map<string, Manifests>();

  constructor(profile: Profile, call: CallContext, files: FileStore, parts: FetchParts) {
    this.#profile = profile;
    this.#call = call;
    this.#files = files;
    this.#parts = parts;
  }

  /** Total bytes (null when some size is unknown) and where checksums come from. */
  async run(
    id: string,
    request: TransferRequest,
    datasets: DatasetLocator
  ): Promise<{ bytesTotal: number | null; checksums: ChecksumSource }> {
    this.#files.clear(id);
    if (request.url !== undefined) {
      return this.#one(id, new URL(request.url));
    }
    const dataset = await datasets.locate(request.pid ?? '', request.catalogue, this.#call);
    let bytesTotal: number | null = 0;
    let position = 0;
    let cursor: string | undefined;
    do {
      const page = await dataset.files(cursor, PAGE);
      const wanted = page.items.filter(file => isAskedFor(file, request.only));
      const rows = [];
      for (const file of wanted) {
        checkName(file.relativePath);
        bytesTotal =
          bytesTotal === null || file.sizeBytes === null ? null : bytesTotal + file.sizeBytes;
        rows.push({
          path: file.relativePath,
          facts: {
            url: file.url,
            sizeBytes: file.sizeBytes,
            checksum: await this.#checksum(new URL(file.url), dataset.checksums)
          }
        });
      }
      this.#files.add(id, position, rows);
      position += rows.length;
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    if (position === 0) {
      throw problem(
        'dataset-not-found',
        request.only === undefined
          ? `The catalogue lists no file for ${request.pid ?? ''}.`
          : `No file of ${request.pid ?? ''} has a name like "${request.only}".`
      );
    }
    await refuseNameConflicts(this.#files, id, { pid: request.pid ?? '', to: request.to });
    return { bytesTotal, checksums: dataset.checksums };
  }

  async #one(
    id: string,
    url: URL
  ): Promise<{ bytesTotal: number | null; checksums: ChecksumSource }> {
    const store = storeOf(url, this.#profile.stores);
    const name = loneNameOf(url);
    const checksums = sourceOfStore(store);
    const checksum = await this.#checksum(url, checksums);
    this.#files.add(id, 0, [{ path: name, facts: { url: url.href, sizeBytes: null, checksum } }]);
    return { bytesTotal: null, checksums };
  }

  async #checksum(url: URL, source: ChecksumSource) {
    const store = storeOf(url, this.#profile.stores);
    if (source.kind !== 'manifest') {
      return null;
    }
    const key = `${store.id} ${source.name}`;
    const manifests =
      this.#manifests.get(key) ??
      new Manifests(source.name, store, this.#call, fetchFor(store, this.#parts));
    this.#manifests.set(key, manifests);
    return manifests.checksumOf(url);
  }
}
