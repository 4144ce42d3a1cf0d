import { architectureOf, int64, paddedText, size64 } from './fields.ts';
import { DESCRIPTOR_BYTES, notReadable } from './header.ts';

/** Data types of sif/v2, by code − 0x4001. */
const types = [
  'deffile',
  'environment',
  'labels',
  'partition',
  'signature',
  'json',
  'generic',
  'crypto-message',
  'sbom',
  'oci-root-index',
  'oci-blob'
] as const;
type SifType = (typeof types)[number] | 'unknown';

const fileSystems = [
  null,
  'squashfs',
  'ext3',
  'archive',
  'raw',
  'encrypted-squashfs',
  'gocryptfs-squashfs'
] as const;
const partitions = [null, 'system', 'primary', 'data', 'overlay'] as const;
const sbomFormats = [
  null,
  'CycloneDX JSON',
  'CycloneDX XML',
  'GitHub JSON',
  'SPDX JSON',
  'SPDX RDF',
  'SPDX tag-value',
  'SPDX YAML',
  'Syft JSON'
] as const;

/** One part of a SIF, as its table of contents has it. */
export interface SifDescriptor {
  readonly type: SifType;
  readonly typeCode: number;
  readonly id: number;
  /** 0 when the part belongs to no group. */
  readonly group: number;
  /** Object or group that this part is linked to; 0 for none. */
  readonly link: number;
  readonly isLinkToGroup: boolean;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly createdAtSeconds: number | null;
  readonly modifiedAtSeconds: number | null;
  /** Untrusted text. */
  readonly name: string;
  readonly fileSystem: (typeof fileSystems)[number];
  readonly partition: (typeof partitions)[number];
  readonly architecture: string | null;
  /** For a signature: fingerprint that the signer claims to have, upper case; null for DSSE. A hint, no proof. */
  readonly fingerprint: string | null;
  readonly sbomFormat: (typeof sbomFormats)[number];
}

const GROUP_MASK = 0xf000_0000;
const NAME_BYTES = 128;

function fingerprintOf(bytes: Uint8Array): string | null {
  const first20 = Buffer.from(bytes.subarray(0, 20));
  return first20.every(byte => byte === 0) ? null : first20.toString('hex').toUpperCase();
}

function parseOne(bytes: Uint8Array, fileBytes: number): SifDescriptor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, DESCRIPTOR_BYTES);
  const typeCode = view.getInt32(0, true);
  const id = view.getUint32(5, true);
  const offset = size64(view, 17);
  const sizeBytes = size64(view, 25);
  if (offset === null || sizeBytes === null) {
    throw notReadable(`This SIF image is damaged: its part ${id} has an impossible place or size.`);
  }
  if (offset + sizeBytes > fileBytes) {
    throw notReadable(
      `This SIF image is truncated: its part ${id} ends beyond the end of the file. The copy was cut short.`
    );
  }
  const link = view.getUint32(13, true);
  const isLinkToGroup = (link & GROUP_MASK) >>> 0 === GROUP_MASK;
  const type = types[typeCode - 0x4001] ?? 'unknown';
  const first = view.getInt32(201, true);
  const isPartition = type === 'partition';
  return {
    type,
    typeCode,
    id,
    group: (view.getUint32(9, true) & ~GROUP_MASK) >>> 0,
    link: isLinkToGroup ? (link & ~GROUP_MASK) >>> 0 : link,
    isLinkToGroup,
    offset,
    sizeBytes,
    createdAtSeconds: int64(view, 41),
    modifiedAtSeconds: int64(view, 49),
    name: paddedText(bytes.subarray(73, 73 + NAME_BYTES)),
    fileSystem: isPartition ? (fileSystems[first] ?? null) : null,
    partition: isPartition ? (partitions[view.getInt32(205, true)] ?? null) : null,
    architecture: isPartition ? architectureOf(bytes.subarray(209, 212)) : null,
    fingerprint: type === 'signature' ? fingerprintOf(bytes.subarray(205, 461)) : null,
    sbomFormat: type === 'sbom' ? (sbomFormats[first] ?? null) : null
  };
}

/** All used slots of the table, in its order. Throws `image-not-readable` when one points out of the file. */
export function parseDescriptors(table: Uint8Array, fileBytes: number): SifDescriptor[] {
  const found: SifDescriptor[] = [];
  for (let at = 0; at + DESCRIPTOR_BYTES <= table.byteLength; at += DESCRIPTOR_BYTES) {
    const slot = table.subarray(at, at + DESCRIPTOR_BYTES);
    if (slot[4] !== 0) {
      found.push(parseOne(slot, fileBytes));
    }
  }
  return found;
}
