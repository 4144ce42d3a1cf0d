import { bareDoi, type Dataset, type DatasetFile, type Page } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { freeBytes } from '../core/disk-space.ts';
import { expandHome } from '../core/paths.ts';
import { problem, ProblemError } from '../core/problem.ts';
import { whomToAsk } from '../facility/questions.ts';
import type { Parts } from '../parts.ts';
import type { Check } from '../doctor/port.ts';
import { catalogues } from './adapters/index.ts';
import { catalogueChecks } from './checks.ts';
import { belowFolder, sharedFolder } from './locate.ts';
import { findMounted } from './mounted-files.ts';
import type {
  Catalogue,
  CatalogueDataset,
  CatalogueFile,
  ChecksumSource,
  LocatedFile
} from './port.ts';

/** A dataset that is ready to be pulled: what it is, and a way to page through its files. */
export interface LocatedDataset {
  readonly title: string;
  readonly sizeBytes: number | null;
  readonly fileCount: number | null;
  readonly checksums: ChecksumSource;
  files(cursor: string | undefined, limit: number): Promise<Page<LocatedFile>>;
}

/** Finds datasets in the catalogues of the active profile. */
export class DatasetService {
  readonly #parts: Parts;
  #catalogues: readonly Catalogue[] | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.facility.onChange(() => {
      this.#catalogues = null;
    });
  }

  /** One page over all catalogues, one after the other. The cursor says in which one to go on. */
  async search(
    query: { q: string; cursor?: string | undefined; limit: number; to?: string | undefined },
    call: CallContext
  ): Promise<Page<Dataset>> {
    const all = this.#all();
    const [position, inner] = this.#readCursor(query.cursor, all.length);
    const catalogue = all[position];
    if (catalogue === undefined) {
      throw problem('not-offered', 'This facility profile names no catalogue.');
    }
    const found = await catalogue.search(
      bareDoi(query.q) ?? query.q.trim(),
      inner,
      query.limit,
      call
    );
    const next =
      found.cursor === null
        ? position + 1 < all.length
          ? `${position + 1}:`
          : null
        : `${position}:${found.cursor}`;
    const free = await this.#free(query.to);
    return { items: found.items.map(dataset => withFits(dataset, free)), cursor: next };
  }

  async get(
    ref: { pid: string; catalogue?: string | undefined; to?: string | undefined },
    call: CallContext
  ): Promise<Dataset> {
    const [, dataset] = await this.#find(bareDoi(ref.pid) ?? ref.pid, ref.catalogue, call);
    return withFits(dataset, await this.#free(ref.to));
  }

  async files(
    query: {
      pid: string;
      catalogue?: string | undefined;
      cursor?: string | undefined;
      limit: number;
    },
    call: CallContext
  ): Promise<Page<DatasetFile>> {
    const pid = bareDoi(query.pid) ?? query.pid;
    const [catalogue] = await this.#find(pid, query.catalogue, call);
    const found = await catalogue.files(pid, query.cursor, query.limit, call);
    const profile = this.#parts.facility.profile().catalogues.find(({ id }) => id === catalogue.id);
    const localPaths = await findMounted(found.items, profile?.local_paths ?? []);
    return {
      items: found.items.map(({ name, path, sizeBytes }, index) => ({
        name,
        path,
        sizeBytes,
        localPath: localPaths[index] ?? null
      })),
      cursor: found.cursor
    };
  }

  /** What the transfers domain needs to pull a dataset. Throws `dataset-not-found`, its pages `not-offered`. */
  async locate(
    pid: string,
    catalogueId: string | undefined,
    call: CallContext
  ): Promise<LocatedDataset> {
    const [catalogue, dataset] = await this.#find(pid, catalogueId, call);
    return {
      title: dataset.title,
      sizeBytes: dataset.sizeBytes,
      fileCount: dataset.fileCount,
      checksums: catalogue.checksums,
      files: filesBelowSharedFolder(async (cursor, limit) => {
        const { items, cursor: next } = await catalogue.files(pid, cursor, limit, call);
        return { items: items.map(file => this.#withAddress(file, catalogue)), cursor: next };
      })
    };
  }

  checks(): readonly Check[] {
    return this.#parts.facility.current() === null ? [] : catalogueChecks(this.#all());
  }

  #all(): readonly Catalogue[] {
    this.#catalogues ??= this.#parts.facility
      .profile()
      .catalogues.map(profile => catalogues[profile.kind](profile, this.#parts.fetch));
    return this.#catalogues;
  }

  async #find(
    pid: string,
    id: string | undefined,
    call: CallContext
  ): Promise<[Catalogue, CatalogueDataset]> {
    const candidates = this.#all().filter(catalogue => id === undefined || catalogue.id === id);
    for (const catalogue of candidates) {
      try {
        return [catalogue, await catalogue.get(pid, call)];
      } catch (error) {
        if (!(error instanceof ProblemError) || error.slug !== 'dataset-not-found') {
          throw error;
        }
      }
    }
    throw problem(
      'dataset-not-found',
      `No catalogue of this facility has the dataset "${pid.slice(0, 200)}".`
    );
  }

  #withAddress(file: CatalogueFile, { title }: Catalogue): LocatedFile {
    if (file.url === null) {
      const ask = whomToAsk(this.#parts.facility.profile(), 'catalogues.file_url');
      throw problem(
        'not-offered',
        `This profile does not say where the files of "${title}" lie: they can be found, and not pulled.${ask}`
      );
    }
    return { ...file, url: file.url };
  }

  #readCursor(cursor: string | undefined, count: number): [number, string | undefined] {
    const match = /^(\d{1,3}):(.*)$/s.exec(cursor ?? '0:');
    const position = Number(match?.[1]);
    if (match === null || (position >= count && position > 0)) {
      throw problem('bad-request', 'This page of the list does not exist. Search again.');
    }
    return [position, match[2] === '' ? undefined : match[2]];
  }

  async #free(to: string | undefined): Promise<number | null> {
    const { home } = this.#parts.surroundings;
    const target = to ?? this.#parts.facility.profile().transfers.default_target;
    return freeBytes(expandHome(target, home));
  }
}

function withFits(dataset: CatalogueDataset, free: number | null): Dataset {
  const { sizeBytes } = dataset;
  return { ...dataset, fits: sizeBytes === null || free === null ? null : sizeBytes <= free };
}

type FilePager = (cursor: string | undefined, limit: number) => Promise<Page<LocatedFile>>;

/**
 * Catalogues list absolute paths; a person wants the files, not ten empty folders around them.
 * The folder that the first page shares is cut off on every page.
 */
function filesBelowSharedFolder(pager: FilePager): FilePager {
  let folder: readonly string[] | null = null;
  return async (cursor, limit) => {
    const wanted = await pager(cursor, limit);
    if (folder === null || cursor === undefined) {
      const first = cursor === undefined ? wanted : await pager(undefined, limit);
      folder = sharedFolder(first.items.map(file => file.relativePath));
    }
    const cut = folder;
    return {
      items: wanted.items.map(file => ({
        ...file,
        relativePath: belowFolder(file.relativePath, cut)
      })),
      cursor: wanted.cursor
    };
  };
}
