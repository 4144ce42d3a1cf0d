/** NUL-padded text; what is not UTF-8 becomes U+FFFD. */
export function paddedText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder('utf-8').decode(end === -1 ? bytes : bytes.subarray(0, end));
}

/** A signed little-endian 64-bit integer when JavaScript can hold it exactly, else null. */
export function int64(view: DataView, offset: number): number | null {
  const value = view.getBigInt64(offset, true);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : null;
}

/** The same for offsets and sizes: null when negative or too large. */
export function size64(view: DataView, offset: number): number | null {
  const value = int64(view, offset);
  return value === null || value < 0 ? null : value;
}

const architectures: readonly (string | null)[] = [
  null,
  '386',
  'amd64',
  'arm',
  'arm64',
  'ppc64',
  'ppc64le',
  'mips',
  'mipsle',
  'mips64',
  'mips64le',
  's390x',
  'riscv64',
  'loong64'
];

/** Name of a processor architecture (as Go writes it) from its two-digit code; null when unknown. */
export function architectureOf(code: Uint8Array): string | null {
  const text = paddedText(code);
  return /^\d\d$/.test(text) ? (architectures[Number(text)] ?? null) : null;
}
