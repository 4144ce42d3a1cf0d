/**
 * A small writer of SIF images for tests and the demonstration facility: definition file, metadata as
 * Apptainer writes it, one primary partition. Same input, same bytes.
 */

const HEADER_BYTES = 128;
const DESCRIPTOR_BYTES = 585;
const SLOTS = 48;
const TABLE_OFFSET = 4096;
const DATA_OFFSET = TABLE_OFFSET + SLOTS * DESCRIPTOR_BYTES;
const PARTITION_ALIGNMENT = 4096;
const GROUP_MASK = 0xf0000000;

export const sifTypes = {
  deffile: 0x4001,
  environment: 0x4002,
  labels: 0x4003,
  partition: 0x4004,
  signature: 0x4005,
  json: 0x4006,
  generic: 0x4007,
  sbom: 0x4009
} as const;

const architectureCodes = { amd64: '02', arm64: '04', ppc64le: '06' } as const;

/** One object to be written, with the fields that its type needs. */
export interface SifObject {
  readonly type: keyof typeof sifTypes;
  readonly name?: string;
  readonly bytes: Uint8Array;
  /** For partitions: 1 squashfs, 5 LUKS, 6 gocryptfs. */
  readonly fileSystem?: number;
  /** For partitions: 2 is the primary one. */
  readonly part?: number;
  /** For signatures: 20 bytes as hex. */
  readonly fingerprint?: string;
  readonly sbomFormat?: number;
}

export interface SifOptions {
  readonly architecture?: keyof typeof architectureCodes;
  /** Text of the definition file. */
  readonly definition?: string;
  /** Labels, or any value that shall stand in their place. */
  readonly labels?: unknown;
  readonly help?: string;
  /** Shell text of the environment. */
  readonly environment?: string;
  readonly runscript?: string;
  /** The squashfs file system; left out, 4096 bytes that only look like one. */
  readonly payload?: Uint8Array;
  readonly createdAtSeconds?: number;
  /** 32 hex digits. */
  readonly id?: string;
  /** Objects after the partition: signatures, SBOMs, … */
  readonly extra?: readonly SifObject[];
}

/** Something with the magic number of squashfs and nothing in it. */
function placeholderPayload(): Uint8Array {
  const bytes = Buffer.alloc(4096);
  bytes.write('hsqs', 0, 'latin1');
  return bytes;
}

function inspectMetadata(options: SifOptions): Uint8Array {
  const attributes = {
    ...(options.labels === undefined ? {} : { labels: options.labels }),
    ...(options.definition === undefined ? {} : { deffile: options.definition }),
    ...(options.help === undefined ? {} : { helpfile: options.help }),
    ...(options.runscript === undefined ? {} : { runscript: options.runscript }),
    ...(options.environment === undefined
      ? {}
      : { environment: { '/.singularity.d/env/90-environment.sh': options.environment } })
  };
  return Buffer.from(JSON.stringify({ data: { attributes }, type: 'container' }));
}

function typeSpecific(object: SifObject, architecture: string): Buffer {
  const extra = Buffer.alloc(384);
  if (object.type === 'partition') {
    extra.writeInt32LE(object.fileSystem ?? 1, 0);
    extra.writeInt32LE(object.part ?? 2, 4);
    extra.write(architecture, 8, 'latin1');
  }
  if (object.type === 'signature') {
    extra.writeInt32LE(1, 0);
    extra.write(object.fingerprint ?? '', 4, 'hex');
  }
  if (object.type === 'sbom') {
    extra.writeInt32LE(object.sbomFormat ?? 1, 0);
  }
  return extra;
}

interface Place {
  readonly id: number;
  readonly offset: number;
  readonly end: number;
}

function descriptor(object: SifObject, place: Place, seconds: number, architecture: string) {
  const slot = Buffer.alloc(DESCRIPTOR_BYTES);
  const isSignature = object.type === 'signature';
  slot.writeInt32LE(sifTypes[object.type], 0);
  slot.writeUInt8(1, 4);
  slot.writeUInt32LE(place.id, 5);
  slot.writeUInt32LE((isSignature ? GROUP_MASK : GROUP_MASK | 1) >>> 0, 9);
  slot.writeUInt32LE(isSignature ? (GROUP_MASK | 1) >>> 0 : 0, 13);
  slot.writeBigInt64LE(BigInt(place.offset), 17);
  slot.writeBigInt64LE(BigInt(object.bytes.byteLength), 25);
  slot.writeBigInt64LE(BigInt(place.end), 33);
  slot.writeBigInt64LE(BigInt(seconds), 41);
  slot.writeBigInt64LE(BigInt(seconds), 49);
  slot.write(object.name ?? '', 73, 127, 'utf8');
  typeSpecific(object, architecture).copy(slot, 201);
  return slot;
}

function objectsOf(options: SifOptions): SifObject[] {
  return [
    ...(options.definition === undefined
      ? []
      : [{ type: 'deffile', bytes: Buffer.from(options.definition) } as const]),
    { type: 'json', name: 'inspect-metadata.json', bytes: inspectMetadata(options) },
    { type: 'partition', bytes: options.payload ?? placeholderPayload() },
    ...(options.extra ?? [])
  ];
}

/** A SIF with exactly these objects. */
export function makeSifOf(objects: readonly SifObject[], options: SifOptions = {}): Uint8Array {
  const seconds = options.createdAtSeconds ?? 0;
  const architecture = architectureCodes[options.architecture ?? 'amd64'];
  const table = Buffer.alloc(SLOTS * DESCRIPTOR_BYTES);
  const parts: Uint8Array[] = [];
  let end = DATA_OFFSET;
  for (const [index, object] of objects.entries()) {
    const alignment = object.type === 'partition' ? PARTITION_ALIGNMENT : 1;
    const offset = Math.ceil(end / alignment) * alignment;
    parts.push(Buffer.alloc(offset - end), object.bytes);
    const objectEnd = offset + object.bytes.byteLength;
    const place = { id: index + 1, offset, end: objectEnd - end };
    descriptor(object, place, seconds, architecture).copy(table, index * DESCRIPTOR_BYTES);
    end = objectEnd;
  }
  const header = Buffer.alloc(TABLE_OFFSET);
  header.write('#!/usr/bin/env run-singularity\n', 0, 'latin1');
  header.write('SIF_MAGIC\0' + '01\0', 32, 'latin1');
  header.write(architecture, 45, 'latin1');
  header.write(options.id ?? '0'.repeat(32), 48, 'hex');
  const numbers = [
    seconds,
    seconds,
    SLOTS - objects.length,
    SLOTS,
    TABLE_OFFSET,
    table.byteLength,
    DATA_OFFSET,
    end - DATA_OFFSET
  ];
  numbers.forEach((value, index) => header.writeBigInt64LE(BigInt(value), 64 + 8 * index));
  if (header.subarray(HEADER_BYTES).some(byte => byte !== 0)) {
    throw new Error('header overflow');
  }
  return Buffer.concat([header, table, ...parts]);
}

/** A SIF as `apptainer build` would make it, around the given payload. */
export function makeSif(options: SifOptions = {}): Uint8Array {
  return makeSifOf(objectsOf(options), options);
}
