import type { ExpectedChecksum } from './port.ts';

const algorithms: Readonly<Record<string, ExpectedChecksum['algorithm']>> = {
  SHA256SUMS: 'sha256',
  SHA1SUMS: 'sha1',
  MD5SUMS: 'md5',
  'manifest-sha256.txt': 'sha256',
  'manifest-md5.txt': 'md5'
};
/** What kind of checksums a manifest of this name holds. */
export function algorithmOf(name: string): ExpectedChecksum['algorithm'] {
  return algorithms[name] ?? 'sha256';
}

const digits = { md5: 32, sha1: 40, sha256: 64, sha512: 128, adler32: 8 } as const;
const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\\\': '\\' };

/** `\n`, `\r` and `\\` in a name, where the line begins with a backslash (sha256sum(1)). */
function unescapeSum(text: string): string {
  return text.replace(/\\[nr\\]/g, found => escapes[found] ?? found);
}

/** Line ends and percent signs in a BagIt path (RFC 8493 §2.1.3). */
function unescapeBag(text: string): string {
  return text.replace(/%(?:0A|0D|25)/gi, decodeURIComponent);
}

/**
 * Reads what sha256sum(1) and its kin write (`HEX  name`, `HEX *name`, `SHA256 (name) = HEX`) and
 * BagIt payload manifests. Lines of another form are no checksums and do not count.
 */
export function parseManifest(name: string, text: string): Map<string, ExpectedChecksum> {
  const algorithm = algorithmOf(name);
  const hex = `([0-9a-fA-F]{${digits[algorithm]}})`;
  const isBag = name.startsWith('manifest-');
  // The first blank separates, the second says binary or text; what follows is the name, blanks and all.
  const plain = new RegExp(isBag ? `^()${hex}[ \\t]+\\*?(.+)$` : `^(\\\\?)${hex} (?: |\\*)?(.+)$`);
  const tagged = new RegExp(`^(\\\\?)${algorithm} ?\\((.+)\\) ?= ?${hex}$`, 'i');
  const found = new Map<string, ExpectedChecksum>();
  for (const row of text.split('\n')) {
    const line = row.replace(/\r$/, '');
    const [, escaped, value = '', raw = ''] = plain.exec(line) ?? swap(tagged.exec(line)) ?? [];
    if (value !== '') {
      const path = isBag ? unescapeBag(raw) : escaped === '' ? raw : unescapeSum(raw);
      found.set(path.replace(/^\.\//, ''), { algorithm, value: value.toLowerCase(), source: name });
    }
  }
  return found;
}

function swap(match: RegExpExecArray | null): readonly (string | undefined)[] | null {
  return match === null ? null : [match[0], match[1], match[3], match[2]];
}
