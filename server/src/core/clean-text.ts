/** Characters that change how text around them is drawn: bidirectional marks, joins across lines, tags, the byte-order mark. */
const steering =
  /[\u{061c}\u{200b}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/gu;
const controls = /[\u{0}-\u{1f}\u{7f}-\u{9f}]/gu;
const controlsButLines = /[\u{0}-\u{8}\u{b}-\u{1f}\u{7f}-\u{9f}]/gu;
const lineBreaks = /[\t\n\r\u{b}\u{c}\u{85}\u{2028}\u{2029}]+/gu;

/** Cuts at `maxChars` UTF-16 units, never inside a character, and says so with an ellipsis. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) {
    return text;
  }
  const end = Math.max(0, maxChars - 1);
  const last = text.charCodeAt(end - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}

/**
 * Text from outside, fit for one line: no control and no bidirectional characters, line breaks as blanks,
 * at most `maxChars` long. It still is text: whoever shows it must show it as text.
 */
export function cleanText(text: string, maxChars: number): string {
  // Cut first, generously: a hostile text may be megabytes long.
  const bounded = text.slice(0, maxChars * 8 + 64).toWellFormed();
  const line = bounded.replace(lineBreaks, ' ').replace(controls, '').replace(steering, '');
  return cut(line.trim(), maxChars);
}

/** The same for text of many lines: line feeds and tabs stay. */
export function cleanLines(text: string, maxChars: number): string {
  const bounded = text.slice(0, maxChars * 2 + 64).toWellFormed();
  const lines = bounded.replace(/\r\n?/g, '\n').replace(controlsButLines, '').replace(steering, '');
  return cut(lines, maxChars);
}
