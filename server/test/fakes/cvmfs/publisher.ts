import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CatalogWriter } from './catalog-writer.ts';
import { ObjectStore, pathOfObject, textOfDigest, type StoreHash } from './object-store.ts';
import { signManifest, writeWhitelist, type RepositoryKeys } from './repository-keys.ts';
import { treeOf, type TreeItem } from './tree.ts';

export interface PublishOptions {
  /** Folder that a web server shows as `/cvmfs/<fqrn>`; an existing repository in it gets its next revision. */
  readonly target: string;
  readonly fqrn: string;
  readonly items: readonly TreeItem[];
  readonly keys: RepositoryKeys;
  readonly nowMs: number;
  readonly revision?: number;
  readonly ttlSeconds?: number;
  /** Files above this size become chunks. The original cuts by content, we by length: both are allowed. */
  readonly chunkBytes?: number;
  readonly hash?: StoreHash;
  /** Whether file data is packed with zlib; catalogs always are. */
  readonly isPacked?: boolean;
  readonly whitelistExpiresAtMs?: number;
  readonly properties?: Readonly<Record<string, string>>;
  /** Stored bytes that are signed as the root catalog in place of the right one. */
  readonly rootCatalog?: Uint8Array;
}

export interface Published {
  readonly revision: number;
  readonly rootHash: string;
  readonly certificatePath: string;
  readonly rootCatalogPath: string;
  /** Object paths of each file, by its path in the repository (as Latin-1 text). */
  readonly objects: ReadonlyMap<string, readonly string[]>;
}

const WHITELIST_DAYS = 30;
const DAY_MS = 86_400_000;
const MD5_OF_ROOT = 'd41d8cd98f00b204e9800998ecf8427e';

/** One more than what is published in the folder. */
function nextRevision(target: string): number {
  try {
    const manifest = readFileSync(path.join(target, '.cvmfspublished'), 'latin1');
    return Number(/^S(\d+)$/m.exec(manifest)?.[1] ?? 0) + 1;
  } catch {
    return 1;
  }
}

/** Publishes a tree as a signed CVMFS repository: objects, catalogs, manifest, whitelist. For tests and the demo. */
export function publishRepository(options: PublishOptions): Published {
  const { fqrn, items, keys, nowMs, target } = options;
  const ttlSeconds = options.ttlSeconds ?? 240;
  const revision = options.revision ?? nextRevision(target);
  mkdirSync(target, { recursive: true });
  const store = new ObjectStore(target, options.hash ?? 'sha1');
  const objects = new Map<string, readonly string[]>();
  const linkCounts = new Map<number, number>();
  for (const { linkGroup } of items) {
    if (linkGroup !== undefined) {
      linkCounts.set(linkGroup, (linkCounts.get(linkGroup) ?? 0) + 1);
    }
  }
  const scratch = mkdtempSync(path.join(tmpdir(), 'cvmfs-publish-'));
  try {
    const writer = new CatalogWriter(
      {
        store,
        scratch,
        chunkBytes: options.chunkBytes ?? 4 * 1024 * 1024,
        isPacked: options.isPacked ?? true,
        nowMs,
        revision,
        ttlSeconds,
        properties: options.properties ?? {},
        onFile: (file, stored) => {
          objects.set(
            file.toString('latin1'),
            stored.map(({ hashText, suffix }) => pathOfObject(hashText, suffix))
          );
        }
      },
      linkCounts
    );
    const written = writer.write(treeOf(items));
    const root =
      options.rootCatalog === undefined
        ? written
        : {
            hashText: textOfDigest(store.put(options.rootCatalog, 'C', false), store.hash),
            sizeBytes: options.rootCatalog.byteLength
          };
    const certificate = textOfDigest(
      store.put(Buffer.from(keys.certificate), 'X', true),
      store.hash
    );
    const lines = [
      `C${root.hashText}`,
      `B${root.sizeBytes}`,
      `R${MD5_OF_ROOT}`,
      `D${ttlSeconds}`,
      `S${revision}`,
      'Gno',
      'Ano',
      `N${fqrn}`,
      `X${certificate}`,
      `T${Math.floor(nowMs / 1000)}`
    ];
    const expiresAtMs = options.whitelistExpiresAtMs ?? nowMs + WHITELIST_DAYS * DAY_MS;
    writeWhitelist({ target, fqrn, keys, nowMs, expiresAtMs });
    writeFileSync(path.join(target, '.cvmfspublished'), signManifest(lines, store.hash, keys));
    return {
      revision,
      rootHash: root.hashText,
      certificatePath: pathOfObject(certificate, 'X'),
      rootCatalogPath: pathOfObject(root.hashText, 'C'),
      objects
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
