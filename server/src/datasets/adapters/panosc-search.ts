import * as z from 'zod';
import type { Page } from '#contract';
import type { CallContext } from '../../core/call-context.ts';
import { httpRequest, type Fetch } from '../../core/http-client.ts';
import { problem } from '../../core/problem.ts';
import type { CatalogueProfile } from '../../facility/profile.ts';
import { locate } from '../locate.ts';
import type { Catalogue, CatalogueDataset, CatalogueFile, ChecksumSource } from '../port.ts';

/**
 * The PaNOSC federated search API (LoopBack filters, public data only):
 * `GET /datasets?filter=` with the words to look for as `query` inside the filter, `/datasets/{pid}`, `/datasets/{pid}/files`, `/datasets/{pid}/files/count`.
 */
const MAX_BYTES = 8_000_000;
const TIMEOUT_MS = 15_000;

const text = z.string().max(20_000);
const RemoteDataset = z.object({
  pid: text,
  title: text.nullish(),
  isPublic: z.boolean().nullish(),
  creationDate: text.nullish(),
  size: z.number().nonnegative().nullish(),
  documentId: text.nullish(),
  techniques: z.array(z.object({ pid: text.nullish(), name: text })).nullish(),
  instrument: z.object({ name: text.nullish() }).nullish()
});
type RemoteDataset = z.infer<typeof RemoteDataset>;

const RemoteFile = z.object({
  name: text.nullish(),
  path: text.nullish(),
  size: z.number().nonnegative().nullish()
});

/** Where the next page starts; a cursor from somewhere else is a bad request. */
function skipOf(cursor: string | undefined): number {
  const skip = Number(cursor ?? 0);
  if (!Number.isSafeInteger(skip) || skip < 0) {
    throw problem('bad-request', 'This page of the list does not exist. Search again.');
  }
  return skip;
}

function page<T>(rows: readonly T[], skip: number, limit: number): Page<T> {
  return { items: rows.slice(0, limit), cursor: rows.length > limit ? String(skip + limit) : null };
}

export class PanoscSearch implements Catalogue {
  readonly id: string;
  readonly title: string;
  readonly checksums: ChecksumSource;
  readonly #profile: CatalogueProfile;
  readonly #fetch: Fetch;

  constructor(profile: CatalogueProfile, fetchImpl: Fetch) {
    this.id = profile.id;
    this.title = profile.title;
    this.#profile = profile;
    this.#fetch = fetchImpl;
    const { checksums } = profile;
    this.checksums =
      checksums === 'none'
        ? { kind: 'none' }
        : 'manifest' in checksums
          ? { kind: 'manifest', name: checksums.manifest }
          : { kind: 'header', name: checksums.header };
  }

  async search(
    text: string,
    cursor: string | undefined,
    limit: number,
    call: CallContext
  ): Promise<Page<CatalogueDataset>> {
    const skip = skipOf(cursor);
    const filter = {
      include: [{ relation: 'techniques' }, { relation: 'instrument' }],
      limit: limit + 1,
      skip,
      // https://github.com/panosc-eu/panosc-federated-search-service/blob/master/docs/query.md#query-filter
      ...(text === '' ? {} : { query: text })
    };
    const rows = await this.#get('datasets', z.array(RemoteDataset).max(1000), call, {
      filter: JSON.stringify(filter)
    });
    const found = page(rows, skip, limit);
    return {
      items: await Promise.all(found.items.map(row => this.#describe(row, call))),
      cursor: found.cursor
    };
  }

  async get(pid: string, call: CallContext): Promise<CatalogueDataset> {
    const filter = JSON.stringify({
      include: [{ relation: 'techniques' }, { relation: 'instrument' }]
    });
    return this.#describe(await this.#get(this.#at(pid), RemoteDataset, call, { filter }), call);
  }

  async files(
    pid: string,
    cursor: string | undefined,
    limit: number,
    call: CallContext
  ): Promise<Page<CatalogueFile>> {
    const skip = skipOf(cursor);
    const filter = JSON.stringify({ limit: limit + 1, skip });
    const rows = await this.#get(`${this.#at(pid)}/files`, z.array(RemoteFile).max(1000), call, {
      filter
    });
    const found = page(rows, skip, limit);
    return { items: found.items.map(row => locate(this.#profile, row)), cursor: found.cursor };
  }

  /** The API has no file count on the dataset: one small request, and `null` when it fails. */
  async #describe(row: RemoteDataset, call: CallContext): Promise<CatalogueDataset> {
    const count = await this.#get(
      `${this.#at(row.pid)}/files/count`,
      z.object({ count: z.number().int() }),
      call,
      {}
    )
      .then(answer => answer.count)
      .catch(() => null);
    call.signal.throwIfAborted();
    return {
      catalogue: this.id,
      pid: row.pid,
      title: row.title ?? row.pid,
      isPublic: row.isPublic ?? null,
      createdAt: row.creationDate ?? null,
      sizeBytes: row.size ?? null,
      fileCount: count,
      techniques: (row.techniques ?? []).map(({ pid, name }) => ({ pid: pid ?? null, name })),
      instrument: row.instrument?.name ?? null,
      documentId: row.documentId ?? null
    };
  }

  #at(pid: string): string {
    return `datasets/${encodeURIComponent(pid)}`;
  }

  async #get<T>(
    path: string,
    shape: z.ZodType<T>,
    call: CallContext,
    query: Readonly<Record<string, string>>
  ): Promise<T> {
    const url = new URL(`${this.#profile.api.replace(/\/+$/, '')}/${path}`);
    for (const [name, value] of Object.entries(query)) {
      url.searchParams.set(name, value);
    }
    const answer = await httpRequest(
      url,
      {
        headers: { accept: 'application/json' },
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal: call.signal,
        title: this.title
      },
      this.#fetch
    );
    if (answer.status === 404) {
      throw problem('dataset-not-found', `The catalogue "${this.title}" has no such dataset.`);
    }
    if (answer.status !== 200) {
      throw problem(
        'upstream-error',
        `The catalogue "${this.title}" answered with the error ${answer.status}. Try again later.`,
        {
          extra: { status: answer.status }
        }
      );
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
    } catch (error) {
      throw problem(
        'upstream-garbled',
        `The catalogue "${this.title}" sent something else than data. Tell its operators.`,
        {
          cause: error
        }
      );
    }
    const checked = shape.safeParse(parsed);
    if (!checked.success) {
      throw problem(
        'upstream-garbled',
        `The catalogue "${this.title}" sent data in an unknown form. Tell its operators.`,
        {
          cause: checked.error
        }
      );
    }
    return checked.data;
  }
}
