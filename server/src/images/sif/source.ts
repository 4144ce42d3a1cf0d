/** Where the bytes of a SIF come from: a file, an object in memory, the first bytes of a download. */
export interface SifSource {
  /** Size of the whole file. */
  readonly sizeBytes: number;
  /** The bytes at `offset`; fewer than `length` only at the end of what can be had. */
  readAt(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes that are in memory already. */
export function sourceOfBytes(bytes: Uint8Array): SifSource {
  return {
    sizeBytes: bytes.byteLength,
    readAt: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length))
  };
}
