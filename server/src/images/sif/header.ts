import { problem, type ProblemError } from '../../core/problem.ts';
import { architectureOf, int64, paddedText, size64 } from './fields.ts';
import { nameWrongFile } from './wrong-file.ts';

/** The first 128 bytes of a SIF. */
export interface SifHeader {
  readonly launchScript: string;
  readonly version: string;
  /** NOT covered by signatures: the primary partition's architecture is the one to trust. */
  readonly architecture: string | null;
  readonly id: string;
  readonly createdAtSeconds: number | null;
  readonly modifiedAtSeconds: number | null;
  readonly descriptorsFree: number | null;
  readonly descriptorsTotal: number;
  readonly descriptorsOffset: number;
  readonly descriptorsBytes: number;
  readonly dataOffset: number | null;
  readonly dataBytes: number | null;
}

export const HEADER_BYTES = 128;
/** Enough to tell a SIF from the other kinds of files that lie under such names. */
export const PROBE_BYTES = 2048;
export const DESCRIPTOR_BYTES = 585;
/** The reference tool makes 48; it also allocates whatever the header says, which we do not. */
const MAX_DESCRIPTORS = 65_536;
const MAGIC = 'SIF_MAGIC\0';

/** An `image-not-readable` problem. */
export function notReadable(sentence: string): ProblemError {
  return problem('image-not-readable', sentence);
}

function requireSif(head: Uint8Array): void {
  const magic = Buffer.from(head.subarray(32, 42)).toString('latin1');
  if (magic === MAGIC && head.byteLength >= HEADER_BYTES) {
    return;
  }
  const known = magic === MAGIC ? null : nameWrongFile(head);
  if (known !== null) {
    throw notReadable(`This is not a SIF image but ${known}.`);
  }
  throw notReadable(
    head.byteLength < HEADER_BYTES
      ? `This is not a SIF image: with ${head.byteLength} bytes the file is too short.`
      : 'This is not a SIF image: its magic number is missing.'
  );
}

/** Layout as in sif/v2 `header` (all integers little-endian). Throws `image-not-readable`. */
export function parseHeader(head: Uint8Array, fileBytes: number): SifHeader {
  requireSif(head);
  const view = new DataView(head.buffer, head.byteOffset, HEADER_BYTES);
  const version = paddedText(head.subarray(42, 45));
  if (version !== '01') {
    throw notReadable('This SIF image has a version that cannot be read; only version 01 can.');
  }
  const total = size64(view, 88);
  const offset = size64(view, 96);
  const bytes = size64(view, 104);
  if (total === null || total > MAX_DESCRIPTORS) {
    throw notReadable(
      'This SIF image is damaged: its header announces an impossible number of parts.'
    );
  }
  if (
    offset === null ||
    offset < HEADER_BYTES ||
    bytes === null ||
    bytes !== total * DESCRIPTOR_BYTES
  ) {
    throw notReadable('This SIF image is damaged: its table of contents is not where it must be.');
  }
  if (offset + bytes > fileBytes) {
    throw notReadable(
      'This SIF image is truncated: it ends inside its table of contents. The copy was cut short.'
    );
  }
  const hex = Buffer.from(head.subarray(48, 64)).toString('hex');
  return {
    launchScript: paddedText(head.subarray(0, 32)),
    version,
    architecture: architectureOf(head.subarray(45, 48)),
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    createdAtSeconds: int64(view, 64),
    modifiedAtSeconds: int64(view, 72),
    descriptorsFree: size64(view, 80),
    descriptorsTotal: total,
    descriptorsOffset: offset,
    descriptorsBytes: bytes,
    dataOffset: size64(view, 112),
    dataBytes: size64(view, 120)
  };
}
