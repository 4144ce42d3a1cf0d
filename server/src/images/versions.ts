/** Words that make a version older than the same version without them. */
const early = new Map([
  ['dev', 0],
  ['nightly', 0],
  ['a', 1],
  ['alpha', 1],
  ['b', 2],
  ['beta', 2],
  ['c', 3],
  ['pre', 3],
  ['preview', 3],
  ['rc', 3]
]);
/** Rank of the end of a version: after early words, before numbers and other words. */
const END = 10;
const WORD = 20;
const NUMBER = 30;

type Piece = readonly [rank: number, number: number, word: string];

/** A version taken apart, ready for comparing. */
export interface VersionKey {
  /** `latest`, `default`: names without any digit point at the newest and stand before it. */
  readonly isNamed: boolean;
  readonly pieces: readonly Piece[];
  readonly text: string;
}

/** Takes a version apart into numbers and words. */
export function versionKey(version: string): VersionKey {
  const text = version.toLowerCase().slice(0, 200);
  const pieces = (text.match(/\d+|[^\d.\-_+~\s:]+/g) ?? []).map((part): Piece => {
    if (/^\d/.test(part)) {
      return [NUMBER, Number(part), ''];
    }
    const rank = early.get(part);
    return rank === undefined ? [WORD, 0, part] : [rank, 0, part];
  });
  // "v2.1" is 2.1.
  const isPrefixed = pieces.length > 1 && pieces[0]?.[2] === 'v';
  return { isNamed: !/\d/.test(text), pieces: isPrefixed ? pieces.slice(1) : pieces, text };
}

function comparePieces(a: Piece, b: Piece): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0);
}

/** Older before newer: 2.9 < 2.10-rc1 < 2.10 < 2.10.1 < latest. */
export function compareVersions(a: VersionKey, b: VersionKey): number {
  if (a.isNamed !== b.isNamed) {
    return a.isNamed ? 1 : -1;
  }
  const end: Piece = [END, 0, ''];
  const length = Math.max(a.pieces.length, b.pieces.length);
  for (let at = 0; at < length; at += 1) {
    const order = comparePieces(a.pieces[at] ?? end, b.pieces[at] ?? end);
    if (order !== 0) {
      return order;
    }
  }
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}
