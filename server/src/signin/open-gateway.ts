import { readFileSync, statSync } from 'node:fs';
import { outgoingFetch } from '../core/outgoing-fetch.ts';
import { problem } from '../core/problem.ts';
import { Secret } from '../core/secret.ts';
import type { ActiveProfile } from '../facility/service.ts';
import type { ProviderProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import type { ProviderGateway } from './provider-gateway.ts';

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

/**
 * The way to a sign-in service of the active profile. Throws `bad-profile` when one of its files is missing.
 * What it needs is loaded here, at the first sign-in: most starts of the companion never get that far.
 */
export async function openGateway(
  parts: Parts,
  provider: ProviderProfile,
  timeoutMs: number
): Promise<ProviderGateway> {
  const { config, clock, log, facility } = parts;
  const secretFile = provider.device.secret_file;
  const clientSecret =
    secretFile === undefined ? null : new Secret(readProfileFile(facility, secretFile));
  const ca = provider.ca_file === undefined ? null : readProfileFile(facility, provider.ca_file);
  const gateway = await import('./provider-gateway.ts');
  return new gateway.ProviderGateway({
    provider,
    clientSecret,
    allowsLoopbackHttp: config.insecureLoopback,
    fetch: outgoingFetch(parts, ca),
    timeoutMs,
    monotonic: () => clock.monotonic(),
    log
  });
}
