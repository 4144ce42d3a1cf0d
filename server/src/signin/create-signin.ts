import type { Domain, Parts } from '../parts.ts';
import { providerChecks } from './checks.ts';
import type { SigninPort } from './port.ts';
import { signinRoutes } from './routes.ts';
import { SigninService } from './service.ts';

/** What a test may change. */
export interface SigninOptions {
  /** How long one request to a sign-in service may take. */
  readonly timeoutMs?: number;
}

/** The sign-in domain: its routes, and the port through which other domains get tokens. */
export function createSignin(
  parts: Parts,
  options: SigninOptions = {}
): Domain & { readonly port: SigninPort } {
  const service = new SigninService(parts, options.timeoutMs);
  return {
    port: service,
    router: signinRoutes(service),
    checks: () => providerChecks(parts, options.timeoutMs),
    stop: () => service.stop()
  };
}
