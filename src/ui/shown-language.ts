/**
 * Language of numbers and dates: the one that Lab speaks, which it writes on the document. Where that is English the
 * browser's own settings count, so that a person in Europe reads `24 Nov` and not `Nov 24`.
 */
export function shownLanguage(): string | undefined {
  const tag = document.documentElement.lang.replace('_', '-');
  return tag === '' || tag.startsWith('en') ? undefined : tag;
}
