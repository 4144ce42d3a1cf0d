import { parseResponseHead, type ResponseHead } from './response-head.ts';

const MAX_HEAD_BYTES = 65_536;

/** Gathers the head of an answer from the pieces in which it comes. */
export class HeadCollector {
  #bytes = Buffer.alloc(0);

  /** Null while the head is not complete; a text says what is wrong with it. */
  add(piece: Uint8Array): { head: ResponseHead; body: Buffer } | string | null {
    const before = this.#bytes.length;
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    const end = this.#bytes.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end < 0) {
      return this.#bytes.length > MAX_HEAD_BYTES ? 'the answer has an endless head' : null;
    }
    const head = parseResponseHead(this.#bytes.toString('latin1', 0, end));
    return head === null ? 'the answer is not HTTP' : { head, body: this.#bytes.subarray(end + 4) };
  }
}
