import { parseResponseHead, type ResponseHead } from './response-head.ts';

const MAX_HEAD_BYTES = 65_536;

/** Gathers the head of an answer from the pieces in which it comes. */
export class HeadCollector {
  #bytes = Buffer.alloc(0);

  /**
   * Null while the head is not complete; a text says what is wrong with it.
   * The body is a view of the piece where it can be: use it before the piece's memory is used again.
   */
  add(piece: Uint8Array): { head: ResponseHead; body: Uint8Array } | string | null {
    const before = this.#bytes.length;
    const all =
      before === 0
        ? Buffer.from(piece.buffer, piece.byteOffset, piece.length)
        : Buffer.concat([this.#bytes, piece]);
    const end = all.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end < 0) {
      this.#bytes = Buffer.from(all);
      return all.length > MAX_HEAD_BYTES ? 'the answer has an endless head' : null;
    }
    const head = parseResponseHead(all.toString('latin1', 0, end));
    return head === null ? 'the answer is not HTTP' : { head, body: all.subarray(end + 4) };
  }
}
