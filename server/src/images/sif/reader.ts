import { parseDescriptors, type SifDescriptor } from './descriptor.ts';
import { HEADER_BYTES, notReadable, parseHeader, PROBE_BYTES, type SifHeader } from './header.ts';
import { readMetadata, type SifMetadata } from './metadata.ts';
import type { SifSource } from './source.ts';

/** A signature object: who claims to have signed what. Nothing is checked here. */
export interface SifSignature {
  /** Claimed OpenPGP fingerprint; null for a DSSE signature. */
  readonly fingerprint: string | null;
  readonly link: number;
  readonly isLinkToGroup: boolean;
}

/** What the table of contents and the small objects of a SIF say. */
export interface SifImage {
  readonly header: SifHeader;
  readonly descriptors: readonly SifDescriptor[];
  /** Architecture of the partition that is run; the header's can be changed without breaking a signature. */
  readonly architecture: string | null;
  readonly isEncrypted: boolean;
  readonly signatures: readonly SifSignature[];
  /** Formats of the software bills of materials inside. */
  readonly sbomFormats: readonly string[];
  readonly metadata: SifMetadata;
}

function noteOf(primary: SifDescriptor | undefined, metadata: SifMetadata): string | null {
  if (primary === undefined) {
    return 'This image has no partition that could be run.';
  }
  return metadata.note;
}

/**
 * Reads a SIF (https://github.com/apptainer/sif) from its first bytes: header, descriptors, labels, definition file.
 *
 * Throws `image-not-readable` with a sentence that names what the file is instead. Reads no payload and
 * allocates no more than the file has.
 */
export async function readSif(source: SifSource): Promise<SifImage> {
  const head = await source.readAt(0, Math.min(PROBE_BYTES, source.sizeBytes));
  const header = parseHeader(head, source.sizeBytes);
  const table = await source.readAt(header.descriptorsOffset, header.descriptorsBytes);
  if (table.byteLength < header.descriptorsBytes) {
    throw notReadable(
      `Only the first bytes of this image were read, and its table of contents (${header.descriptorsBytes + HEADER_BYTES} bytes) lies beyond them.`
    );
  }
  const descriptors = parseDescriptors(table, source.sizeBytes);
  const primary = descriptors.find(descriptor => descriptor.partition === 'primary');
  const metadata = await readMetadata(source, descriptors);
  const fileSystem = primary?.fileSystem;
  return {
    header,
    descriptors,
    architecture: primary?.architecture ?? null,
    isEncrypted: fileSystem === 'encrypted-squashfs' || fileSystem === 'gocryptfs-squashfs',
    signatures: descriptors
      .filter(descriptor => descriptor.type === 'signature')
      .map(({ fingerprint, link, isLinkToGroup }) => ({ fingerprint, link, isLinkToGroup })),
    sbomFormats: descriptors
      .filter(descriptor => descriptor.type === 'sbom')
      .map(descriptor => descriptor.sbomFormat ?? 'unknown format'),
    metadata: { ...metadata, note: noteOf(primary, metadata) }
  };
}
