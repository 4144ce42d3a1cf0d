import type { ByteRange, RangeFailure } from './messages.ts';

/** Status and headers of an HTTP/1.1 answer; names in lower case, repeated headers joined by a comma. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** Parses the head of an answer (RFC 9112 §2–5), without its empty line. Null when it is not one. */
export function parseResponseHead(text: string): ResponseHead | null {
  const [statusLine, ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine ?? '')?.[1];
  if (status === undefined) {
    return null;
  }
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1 || /\s/.test(line.slice(0, colon))) {
      return null;
    }
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(status), headers };
}

function isEncoded(head: ResponseHead): boolean {
  const encoding = head.headers.get('content-encoding');
  return encoding !== undefined && encoding !== 'identity';
}

function statusFailure(head: ResponseHead): RangeFailure {
  return {
    kind: 'status',
    status: head.status,
    retryAfter: head.headers.get('retry-after') ?? null
  };
}

/**
 * Checks that an answer is exactly the range that was asked for (RFC 9110 §14.4, §15.3.7).
 * 200 means that the server ignores ranges or that If-Range did not hold: the whole file would come.
 */
export function refuseRange(
  head: ResponseHead,
  asked: ByteRange & {
    readonly sizeBytes: number | null;
    /** What `If-Range` held; null when the request had no condition. */
    readonly validator: string | null;
  }
): RangeFailure | null {
  const { first, last, sizeBytes } = asked;
  if (head.status === 200) {
    return { kind: asked.validator === null ? 'no-ranges' : 'changed' };
  }
  if (head.status === 416 || head.status === 412) {
    return { kind: 'changed' };
  }
  if (head.status !== 206) {
    return statusFailure(head);
  }
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(
    head.headers.get('content-range') ?? ''
  );
  if (range === null || Number(range[1]) !== first || Number(range[2]) !== last) {
    return { kind: 'garbled', text: 'the answer is another range than the one that was asked for' };
  }
  const isOtherSize = range[3] !== '*' && sizeBytes !== null && Number(range[3]) !== sizeBytes;
  if (isOtherSize || hasOtherValidator(head, asked.validator)) {
    return { kind: 'changed' };
  }
  if (isEncoded(head)) {
    return { kind: 'garbled', text: 'the answer is encoded although that was not asked for' };
  }
  const length = head.headers.get('content-length');
  if (length !== undefined && Number(length) !== last - first + 1) {
    return { kind: 'garbled', text: 'the answer has another length than its range' };
  }
  return null;
}

/** Checks that an answer is the whole file that was looked at before. */
export function refuseWhole(
  head: ResponseHead,
  asked: { readonly sizeBytes: number | null; readonly validator: string | null }
): RangeFailure | null {
  if (head.status !== 200) {
    return statusFailure(head);
  }
  if (isEncoded(head)) {
    return { kind: 'garbled', text: 'the answer is encoded although that was not asked for' };
  }
  const length = head.headers.get('content-length');
  if (length === undefined && asked.sizeBytes === null && !head.headers.has('transfer-encoding')) {
    return {
      kind: 'garbled',
      text: 'it does not say how long the file is, so its end cannot be told from a cut'
    };
  }
  const isOtherLength =
    asked.sizeBytes !== null && length !== undefined && Number(length) !== asked.sizeBytes;
  return isOtherLength || hasOtherValidator(head, asked.validator) ? { kind: 'changed' } : null;
}

/** A store that does not know If-Range sends the range of whatever file is there now. */
function hasOtherValidator({ headers }: ResponseHead, validator: string | null): boolean {
  if (validator === null) {
    return false;
  }
  const now = validator.startsWith('"')
    ? headers.get('etag')?.replace(/^W\//, '')
    : headers.get('last-modified');
  return now !== undefined && now !== validator;
}
