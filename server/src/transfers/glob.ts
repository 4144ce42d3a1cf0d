/** A file name pattern as shells have it: `*`, `?`, `[a-z]`, `[!a-z]`; everything else is itself. Linear time. */
export function matchesGlob(pattern: string, name: string): boolean {
  const tokens = [...pattern.matchAll(/\[(!|\^)?([^\]]+)\]|\*+|[\s\S]/gu)].map(match => {
    const [whole, negated, set] = match;
    if (set !== undefined) {
      return { kind: 'set' as const, isNegated: negated !== undefined, has: inSet(set) };
    }
    return whole.startsWith('*')
      ? { kind: 'any' as const }
      : whole === '?'
        ? { kind: 'one' as const }
        : { kind: 'same' as const, text: whole };
  });
  const characters = [...name];
  let star = -1;
  let mark = 0;
  let token = 0;
  let at = 0;
  while (at < characters.length) {
    const current = tokens[token];
    const character = characters[at] ?? '';
    if (current?.kind === 'any') {
      star = token++;
      mark = at;
    } else if (
      current !== undefined &&
      (current.kind === 'one' ||
        (current.kind === 'same' && current.text === character) ||
        (current.kind === 'set' && current.has(character) !== current.isNegated))
    ) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++mark;
    } else {
      return false;
    }
  }
  while (tokens[token]?.kind === 'any') {
    token++;
  }
  return token === tokens.length;
}

function inSet(set: string): (character: string) => boolean {
  const ranges = [...set.matchAll(/([\s\S])-([\s\S])|([\s\S])/gu)].map(([, from, to, single]) =>
    single === undefined ? [from ?? '', to ?? ''] : [single, single]
  );
  return character => ranges.some(([from = '', to = '']) => character >= from && character <= to);
}
