const inAddress = /^https?:\/\/(?:dx\.|www\.)?doi\.org\/(10\.[^?#\s]+)$/i;
const withScheme = /^(?:info:doi\/|doi:)\s*(10\.\S+)$/i;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The DOI alone, as catalogues know it, of the forms that people copy: `https://doi.org/10.…` (DOI Handbook §3.8)
 * and `doi:10.…`. Null for everything else.
 */
export function bareDoi(text: string): string | null {
  const trimmed = text.trim();
  const address = inAddress.exec(trimmed)?.[1];
  return address === undefined ? (withScheme.exec(trimmed)?.[1] ?? null) : decoded(address);
}
