/** A key whose value is a secret by its name; `token_from` and `secret_file` only say where one is. */
const SECRET_NAME = /(secret|passw|passphrase|privatekey|apikey|accesskey|credential|token)/;
const POINTS_ELSEWHERE = /_(file|from)$/;

/** Values that are secrets whatever their key is called. */
const secretValues: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/^eyJ[\w-]{8,}\.[\w-]{8,}\./, 'a token'],
  [/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:[^/?#\s@]+@/i, 'an address with a password'],
  [/[?&](access_token|token|api_key|password|secret|sig|signature)=/i, 'an address with a token']
];

/** Where a secret stands, and what kind it is; never the secret. */
export interface InlineSecret {
  readonly path: readonly (string | number)[];
  readonly what: string;
}

function hasSecretName(key: string): boolean {
  return (
    !POINTS_ELSEWHERE.test(key) && SECRET_NAME.test(key.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
  );
}

/** Secrets in what a YAML file says: a profile is shared and printed, so none may stand in it. */
export function inlineSecrets(value: unknown): InlineSecret[] {
  const found: InlineSecret[] = [];
  const seen = new Set<object>();
  const look = (inner: unknown, path: readonly (string | number)[]): void => {
    const key = path.at(-1);
    if (typeof inner === 'object' && inner !== null) {
      // An alias may point at what contains it.
      if (!seen.has(inner)) {
        seen.add(inner);
        for (const [name, child] of Object.entries(inner)) {
          look(child, [...path, Array.isArray(inner) ? Number(name) : name]);
        }
      }
    } else if (typeof inner === 'string' || typeof inner === 'number') {
      const text = String(inner);
      const what = secretValues.find(([pattern]) => pattern.test(text))?.[1];
      if (what !== undefined) {
        found.push({ path, what });
      } else if (typeof key === 'string' && text !== '' && hasSecretName(key)) {
        found.push({ path, what: 'a secret' });
      }
    }
  };
  look(value, []);
  return found;
}
