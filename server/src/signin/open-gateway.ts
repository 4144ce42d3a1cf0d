import { readFileSync, statSync } from 'node:fs';
import { problem } from '../core/problem.ts';
import { Secret } from '../core/secret.ts';
import type { ActiveProfile } from '../facility/service.ts';
import type { ProviderProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { ProviderGateway } from './provider-gateway.ts';

const MAX_FILE_BYTES = 1_000_000;

function readProfileFile(facility: ActiveProfile, name: string): string {
  const file = facility.resolveFile(name);
  try {
    const text = statSync(file).size <= MAX_FILE_BYTES ? readFileSync(file, 'utf8').trim() : '';
    if (text !== '') {
      return text;
    }
  } catch {
    // Said below in one sentence, without what the system says about the path.
  }
  throw problem(
    'bad-profile',
    `The facility profile names the file "${name}", which is missing, empty or not readable. Tell the facility.`
  );
}

/** The way to a sign-in service of the active profile. Throws `bad-profile` when one of its files is missing. */
export function openGateway(
  parts: Parts,
  provider: ProviderProfile,
  timeoutMs: number
): ProviderGateway {
  const { config, clock, log, fetch, facility } = parts;
  const secretFile = provider.device.secret_file;
  return new ProviderGateway({
    provider,
    clientSecret:
      secretFile === undefined ? null : new Secret(readProfileFile(facility, secretFile)),
    ca: provider.ca_file === undefined ? null : readProfileFile(facility, provider.ca_file),
    allowsLoopbackHttp: config.insecureLoopback,
    fetch,
    timeoutMs,
    monotonic: () => clock.monotonic(),
    log
  });
}
