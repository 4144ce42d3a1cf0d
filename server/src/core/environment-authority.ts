import { readFileSync, statSync } from 'node:fs';
import { systemClock, type Clock } from './clock.ts';
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

interface Read extends EnvironmentAuthority {
  readonly modifiedMs: number;
  readonly lookedAtMs: number;
}

/** What each environment was found to name; it goes when the environment goes. */
const found = new WeakMap<Environment, Read>();
/** Every request and every range asks, and such a file holds a hundred certificates. */
const LOOK_AGAIN_MS = 60_000;

function modifiedMsOf(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * The authorities that the environment puts in place of the usual ones; null when it names none. The file is looked
 * at once a minute at most, and read only when it has changed.
 */
export function environmentAuthority(
  env: Environment,
  clock: Pick<Clock, 'monotonic'> = systemClock
): EnvironmentAuthority | null {
  const variable = variables.find(name => (env[name] ?? '') !== '');
  const file = variable === undefined ? undefined : env[variable];
  if (variable === undefined || file === undefined) {
    return null;
  }
  const last = found.get(env);
  const isSame = last?.variable === variable && last.file === file;
  const lookedAtMs = clock.monotonic();
  if (isSame && lookedAtMs - last.lookedAtMs < LOOK_AGAIN_MS) {
    return last;
  }
  const modifiedMs = modifiedMsOf(file);
  const pem =
    isSame && last.pem !== null && last.modifiedMs === modifiedMs ? last.pem : pemOf(file);
  const read = { variable, file, pem, modifiedMs, lookedAtMs };
  found.set(env, read);
  return read;
}
