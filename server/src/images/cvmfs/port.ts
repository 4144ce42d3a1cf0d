/** One entry of a folder, as the signed catalog has it. */
export interface CvmfsEntry {
  /**
   * The name. Bytes that are not UTF-8 are carried as lone surrogates U+DC80–U+DCFF (PEP 383), so that every
   * name is distinct and can be given back; `name.toWellFormed()` is fit for showing.
   */
  readonly name: string;
  /** The name as the catalog stores it: any bytes except `/` and zero. */
  readonly nameBytes: Uint8Array;
  /** Absolute path from the repository's root, with the same escape as `name`. */
  readonly path: string;
  readonly type: 'file' | 'dir' | 'link' | 'special';
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Raw target of a link, with the same escape as `name`. */
  readonly linkTarget: string | null;
  /** Hash text of the single object; null when chunked or when there is none. */
  readonly contentHash: string | null;
  readonly chunked: boolean;
  readonly hidden: boolean;
  /** Data lies outside the content store: listed, not readable here. */
  readonly external: boolean;
  readonly isNestedMount: boolean;
  /** `st_mode`. */
  readonly mode: number;
}

/** What is known about a repository after its chain of trust was checked. */
export interface CvmfsState {
  readonly fqrn: string;
  readonly revision: number;
  readonly publishedAtMs: number | null;
  readonly whitelistExpiresAtMs: number;
  /** Base address of the server that gave the manifest in use. */
  readonly server: string;
  readonly rootHash: string;
  /** Lines such as "server X is behind"; empty when all is well. */
  readonly warnings: readonly string[];
  readonly ttlSeconds: number;
}

/** A CVMFS repository read over plain HTTP: nothing that was not verified is given out. */
export interface CvmfsRepository {
  /** Verifies (again when the TTL has passed) and returns what is known. Throws `repository-not-trusted`, `repository-expired`, `upstream-unreachable`. */
  open(signal?: AbortSignal): Promise<CvmfsState>;
  /** Entries of a folder sorted by raw name bytes, from the verified catalog; `after` = last name of the previous page. Throws `image-not-found`. */
  readdir(
    path: string,
    options?: { after?: string; limit?: number; signal?: AbortSignal }
  ): Promise<{ entries: CvmfsEntry[]; more: boolean }>;
  /** The entry itself, links not followed; null when there is none. */
  stat(path: string, signal?: AbortSignal): Promise<CvmfsEntry | null>;
  /** Follows links by hand, at most 40 steps, never out of the repository (absolute `/cvmfs/<same fqrn>/…` is fine). Throws `path-not-allowed`, `image-not-found`. */
  resolve(path: string, signal?: AbortSignal): Promise<CvmfsEntry>;
  /** Whole verified content (hash checked before a byte is returned), bounded. Throws `object-tampered`. */
  readFile(path: string, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** The first bytes WITHOUT fetching the whole object: not verified unless the first chunk or object was hashed whole; `verified` says so. */
  readHead(
    path: string,
    bytes: number,
    signal?: AbortSignal
  ): Promise<{ bytes: Uint8Array; verified: boolean; totalBytes: number }>;
  /**
   * What a file's content is known by, for provenance: the hash text of its object or, when it is chunked,
   * `chunks-sha256:` and the SHA-256 of the lines `<offset> <hash text>`. Null for everything that is not a file.
   */
  contentHash(path: string, signal?: AbortSignal): Promise<string | null>;
}
