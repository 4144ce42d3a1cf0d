/** What cannot be seen, or changes how the rest is seen. */
const UNSEEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * A string literal for Python 3, whatever stands in it. The escapes of JSON mean the same there (Python language
 * reference, 2.4.1).
 */
export function pythonLiteral(text: string): string {
  return JSON.stringify(text).replace(
    UNSEEN,
    found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** A list of strings, one a line. */
export function pythonList(texts: readonly string[]): string {
  return `[\n${texts.map(text => `    ${pythonLiteral(text)},\n`).join('')}]`;
}
