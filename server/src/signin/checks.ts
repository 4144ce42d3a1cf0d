import type { Check } from '../doctor/port.ts';
import { ok } from '../doctor/port.ts';
import type { Parts } from '../parts.ts';
import { openGateway } from './open-gateway.ts';

const TIMEOUT_MS = 6000;

/** Whether each sign-in service answers, can be trusted, and offers the flow that is used. */
export function providerChecks(parts: Parts, timeoutMs = TIMEOUT_MS): Check[] {
  const providers = parts.facility.current()?.providers ?? [];
  return providers.map((provider, index) => ({
    id: `signin.${provider.id}`,
    title: provider.title,
    fieldOf: () => ['providers', index, 'issuer'],
    run: async ({ signal }) => {
      const gateway = await openGateway(parts, provider, timeoutMs);
      const { hasDeviceGrant } = await gateway.discover(signal);
      return hasDeviceGrant
        ? ok(`${provider.issuer} answers and offers sign-in with a code.`)
        : {
            state: 'failed',
            text: `${provider.issuer} answers, but does not offer sign-in with a code (RFC 8628).`,
            cure: 'Ask the sign-in service to allow the device grant for this client.'
          };
    }
  }));
}
