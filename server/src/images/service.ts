import path from 'node:path';
import type { Image, ImageDetail, ImagePage, ImageQuery, RepositoryState } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { problem, ProblemError } from '../core/problem.ts';
import type { Parts } from '../parts.ts';
import type { Check } from '../doctor/port.ts';
import { imageSources } from './adapters/index.ts';
import { repositoryChecks } from './checks.ts';
import type { ImageSource } from './port.ts';

/** What a job needs to know about its image; `mountPath` has every link resolved. */
export type ResolvedImage = Pick<
  ImageDetail,
  | 'ref'
  | 'mountPath'
  | 'kind'
  | 'repository'
  | 'architecture'
  | 'contentHash'
  | 'revision'
  | 'rootHash'
  | 'signatures'
>;

/** Lists what may run: the images of the repositories in the active profile. */
export class ImageService {
  readonly #parts: Parts;
  #sources: readonly ImageSource[] | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.facility.onChange(() => {
      this.close();
    });
  }

  /**
   * One page over the repositories, one after the other. A repository that cannot be trusted or reached is
   * named with its sentence, and nothing of it is listed; the first page names all of them.
   */
  async page(query: ImageQuery, call: CallContext): Promise<ImagePage> {
    const sources = this.#chosen(query.repository);
    let [position, inner] = readCursor(query.cursor, sources.length);
    const states = new Map<string, RepositoryState>();
    const problems = new Map<string, string>();
    const failed = (source: ImageSource, error: unknown): void => {
      // A wrong cursor is the caller's mistake, not the repository's.
      if (!(error instanceof ProblemError) || error.slug === 'bad-request') {
        throw error;
      }
      problems.set(source.repository, error.message);
    };
    if (query.cursor === undefined) {
      await this.#lookAtAll(sources, call, states, failed);
    }
    const items: Image[] = [];
    while (position < sources.length && items.length < query.limit) {
      const source = sources[position];
      if (source !== undefined && !problems.has(source.repository)) {
        try {
          const found = await source.list(query.q, inner, query.limit - items.length, call);
          states.set(source.repository, found.state);
          items.push(...found.items);
          if (found.cursor !== null) {
            inner = found.cursor;
            continue;
          }
        } catch (error) {
          failed(source, error);
        }
      }
      position += 1;
      inner = undefined;
    }
    return {
      items,
      cursor: position < sources.length ? `${position}:${inner ?? ''}` : null,
      repositories: [...states.values()],
      problems: [...problems].map(([repository, detail]) => ({ repository, detail }))
    };
  }

  /** Throws `repository-not-listed`, `image-not-found`, `image-not-readable`, `path-not-allowed`. */
  async detail(ref: string, call: CallContext): Promise<ImageDetail> {
    const [source, imagePath] = this.#find(ref);
    return await source.get(imagePath, call);
  }

  /** Checks a job's image and says where it lies on a node. Throws as `detail`. */
  async resolve(ref: string, call: CallContext): Promise<ResolvedImage> {
    const found = await this.detail(ref, call);
    // Bytes that are not UTF-8 are shown like this, so the path could name another file or none.
    if (found.mountPath.includes('\ufffd')) {
      throw problem(
        'image-not-readable',
        `The name of the image ${found.path} is not UTF-8, so that a job script cannot name it. Choose another image.`
      );
    }
    return {
      ref: found.ref,
      mountPath: found.mountPath,
      kind: found.kind,
      repository: found.repository,
      architecture: found.architecture,
      contentHash: found.contentHash,
      revision: found.revision,
      rootHash: found.rootHash,
      signatures: found.signatures
    };
  }

  checks(): readonly Check[] {
    return this.#parts.facility.current() === null ? [] : repositoryChecks(this.#all());
  }

  /** Ends what is under way; the next request starts from the profile again. */
  close(): void {
    for (const source of this.#sources ?? []) {
      source.close();
    }
    this.#sources = null;
  }

  async #lookAtAll(
    sources: readonly ImageSource[],
    call: CallContext,
    states: Map<string, RepositoryState>,
    failed: (source: ImageSource, error: unknown) => void
  ): Promise<void> {
    const looks = await Promise.allSettled(
      sources.map(source => source.list('', undefined, 0, call))
    );
    call.signal.throwIfAborted();
    for (const [index, source] of sources.entries()) {
      const look = looks[index];
      if (look?.status === 'fulfilled') {
        states.set(source.repository, look.value.state);
      } else {
        failed(source, look?.reason);
      }
    }
  }

  #all(): readonly ImageSource[] {
    const { clock, config, facility, fetch, log } = this.#parts;
    this.#sources ??= facility.profile().repositories.map(profile =>
      imageSources[profile.kind](profile, {
        cacheDir: path.join(config.stateDir, 'cvmfs'),
        fetch,
        clock,
        log,
        resolveFile: name => facility.resolveFile(name)
      })
    );
    return this.#sources;
  }

  #chosen(repository: string | undefined): readonly ImageSource[] {
    const all = this.#all();
    return repository === undefined ? all : [this.#byName(all, repository)];
  }

  #byName(all: readonly ImageSource[], repository: string): ImageSource {
    const source = all.find(candidate => candidate.repository === repository);
    if (source === undefined) {
      throw problem(
        'repository-not-listed',
        `The facility profile does not name the repository "${repository.slice(0, 200)}". Choose an image from the list.`
      );
    }
    return source;
  }

  #find(ref: string): [ImageSource, string] {
    const colon = ref.indexOf(':');
    if (colon <= 0 || ref[colon + 1] !== '/') {
      throw problem(
        'bad-request',
        'An image is written as REPOSITORY:/PATH, for example software.example.org:/images/tool_1.0.sif.'
      );
    }
    return [this.#byName(this.#all(), ref.slice(0, colon)), ref.slice(colon + 1)];
  }
}

function readCursor(cursor: string | undefined, count: number): [number, string | undefined] {
  const match = /^(\d{1,3}):([\w-]*)$/.exec(cursor ?? '0:');
  const position = Number(match?.[1]);
  if (match === null || (position >= count && position > 0)) {
    throw problem('bad-request', 'This page of the list does not exist. Search again.');
  }
  return [position, match[2] === '' ? undefined : match[2]];
}
