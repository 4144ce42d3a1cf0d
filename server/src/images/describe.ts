import type { ImageDetail } from '#contract';
import { problem } from '../core/problem.ts';
import { CvmfsSifSource } from './cvmfs-sif-source.ts';
import type { CvmfsEntry, CvmfsRepository } from './cvmfs/port.ts';
import { readSandbox } from './sandbox.ts';
import { readSif } from './sif/reader.ts';

const architectureLabels = ['org.opencontainers.image.architecture', 'org.label-schema.build-arch'];
/** A bare file system starts like this; Apptainer runs it, but it carries no metadata. */
const SQUASHFS_MAGIC = 'hsqs';

/** What an image says about itself, of whatever kind it is. */
export type Described = Pick<
  ImageDetail,
  | 'trust'
  | 'architecture'
  | 'labels'
  | 'definition'
  | 'help'
  | 'signatures'
  | 'signers'
  | 'sbom'
  | 'encrypted'
  | 'note'
>;

/** Reads what an entry of a repository says about itself. Throws `image-not-readable` with what it is instead of an image. */
export async function describeImage(
  repository: CvmfsRepository,
  entry: CvmfsEntry,
  signal: AbortSignal
): Promise<Described> {
  if (entry.type === 'dir') {
    return await describeSandbox(repository, entry.path, signal);
  }
  if (entry.type !== 'file' || entry.external) {
    throw problem(
      'image-not-readable',
      entry.external
        ? `${entry.path.toWellFormed()} is stored outside the repository and cannot be read here. Choose another image.`
        : `${entry.path.toWellFormed()} is neither a file nor a folder. Choose another image.`
    );
  }
  return await describeSif(new CvmfsSifSource(repository, entry, signal));
}

async function describeSandbox(
  repository: CvmfsRepository,
  path: string,
  signal: AbortSignal
): Promise<Described> {
  const { labels, definition, help, note } = await readSandbox(repository, path, signal);
  const architecture = architectureLabels.flatMap(label => labels[label] ?? [])[0];
  return {
    trust: 'verified',
    architecture: architecture ?? null,
    labels: { ...labels },
    definition,
    help,
    signatures: null,
    signers: [],
    sbom: null,
    encrypted: false,
    note
  };
}

async function describeSif(source: CvmfsSifSource): Promise<Described> {
  const start = Buffer.from(await source.readAt(0, 4)).toString('latin1');
  if (start === SQUASHFS_MAGIC) {
    return {
      trust: source.isVerified ? 'verified' : 'preview',
      architecture: null,
      labels: {},
      definition: null,
      help: null,
      signatures: 0,
      signers: [],
      sbom: null,
      encrypted: false,
      note: 'This is a bare squashfs file system: it can be run, but it carries no metadata.'
    };
  }
  const image = await readSif(source);
  const { labels, definition, help, note } = image.metadata;
  return {
    trust: source.isVerified ? 'verified' : 'preview',
    architecture: image.architecture,
    labels: { ...labels },
    definition,
    help,
    signatures: image.signatures.length,
    signers: image.signatures.flatMap(({ fingerprint }) => fingerprint ?? []),
    sbom: image.sbomFormats[0] ?? null,
    encrypted: image.isEncrypted,
    note
  };
}
