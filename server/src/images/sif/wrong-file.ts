const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1');

/** Offset of the two magic bytes of ext2/3/4 in its superblock, and the bytes themselves. */
const EXT_MAGIC_OFFSET = 1080;

/** What a file is that is not a SIF, e.g. `an HTML page`; null when that cannot be told from its first bytes. */
export function nameWrongFile(head: Uint8Array): string | null {
  if (head.byteLength === 0) {
    return 'an empty file';
  }
  const start = ascii(head, 0, 256);
  if (start.startsWith('version https://git-lfs')) {
    return 'a Git-LFS pointer: the image itself was never fetched when it was published';
  }
  const text = start.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^<(!doctype|html|head|body|\?xml|[a-z]|!--)/i.test(text)) {
    return 'an HTML page, probably an error message that was saved under this name';
  }
  if (start.startsWith('hsqs') || start.startsWith('sqsh')) {
    return 'a bare squashfs file system';
  }
  if (head[EXT_MAGIC_OFFSET] === 0x53 && head[EXT_MAGIC_OFFSET + 1] === 0xef) {
    return 'an ext3 file system';
  }
  if (head[0] === 0x1f && head[1] === 0x8b) {
    return 'a gzip archive';
  }
  if (ascii(head, 257, 262) === 'ustar') {
    return 'a tar archive';
  }
  if (start.startsWith('\x7fELF')) {
    return 'a program';
  }
  const sample = head.subarray(0, 256);
  return sample.every(byte => byte >= 0x20 || (byte >= 9 && byte <= 13)) ? 'a text file' : null;
}
