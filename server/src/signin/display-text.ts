/**
 * C0 and C1 controls, and every character that reorders, hides or breaks text around it:
 * bidirectional marks, embeddings and isolates (UAX #9), zero-width characters, line separators, BOM.
 */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/**
 * Text of a stranger as one harmless line of at most `maxCharacters`: controls become spaces, markup stays text.
 * Null when nothing readable is left.
 */
export function displayText(value: unknown, maxCharacters: number): string | null {
  if (typeof value !== 'string') {
    return null;
  }
  // A bound before the work: a provider may send a megabyte. Four UTF-16 units for each character kept.
  const text = value
    .slice(0, maxCharacters * 4)
    .toWellFormed()
    .normalize('NFC')
    .replace(invisible, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(text);
  if (characters.length === 0) {
    return null;
  }
  return characters.length <= maxCharacters
    ? text
    : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}
