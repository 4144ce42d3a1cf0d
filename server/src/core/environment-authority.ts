import { readFileSync } from 'node:fs';
import type { Environment } from './proxy.ts';

/** OpenSSL's variable, then that of Python's requests; Node reads `NODE_EXTRA_CA_CERTS` by itself. */
const variables = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'];

/** A file with certificate authorities that the environment names. */
export interface EnvironmentAuthority {
  readonly variable: string;
  readonly file: string;
  /** Null when it cannot be read or holds no certificate: the usual authorities are used then. */
  readonly pem: string | null;
}

function pemOf(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? text : null;
  } catch {
    return null;
  }
}

/** The authorities that the environment puts in place of the usual ones; null when it names none. */
export function environmentAuthority(env: Environment): EnvironmentAuthority | null {
  const variable = variables.find(name => (env[name] ?? '') !== '');
  const file = variable === undefined ? undefined : env[variable];
  return variable === undefined || file === undefined ? null : { variable, file, pem: pemOf(file) };
}
