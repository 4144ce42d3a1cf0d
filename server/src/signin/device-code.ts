import type { DeviceAuthorizationResponse } from 'openid-client';
import { Secret } from '../core/secret.ts';
import { displayText } from './display-text.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { TrustedOrigins } from './trusted-origins.ts';

/** Longest time that one code is waited for, whatever the provider allows. */
const LONGEST_LIFE_MS = 600_000;
/** Polling interval when the provider names none (RFC 8628 §3.2), and the shortest that we use. */
const USUAL_INTERVAL_S = 5;
const SHORTEST_INTERVAL_S = 1;
const LONGEST_ADDRESS = 1000;
const MAX_CODE = 40;

/** A device code that waits for the person, with what must never leave this process. */
export interface DeviceCode {
  readonly deviceCode: Secret;
  readonly verifier: Secret;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | null;
  readonly lifeMs: number;
  readonly intervalMs: number;
}

/** Checks a device authorization response (RFC 8628 §3.2): what it says is shown to a person, who will go there. */
export function readDeviceCode(
  answer: DeviceAuthorizationResponse,
  verifier: Secret,
  origins: TrustedOrigins,
  title: string
): DeviceCode {
  const userCode = displayText(answer.user_code, MAX_CODE);
  if (userCode === null || userCode !== answer.user_code) {
    throw new ProviderFailure(
      'provider-not-trusted',
      `${title} sent a sign-in code that cannot be shown. Tell the facility.`
    );
  }
  const address = (text: string): string => {
    const { href } = origins.check(text, 'the sign-in page');
    if (href.length > LONGEST_ADDRESS) {
      throw new ProviderFailure(
        'provider-not-trusted',
        `${title} sent an address for the sign-in page that is far too long. Tell the facility.`
      );
    }
    return href;
  };
  const complete = answer.verification_uri_complete;
  return {
    deviceCode: new Secret(answer.device_code),
    verifier,
    userCode,
    verificationUri: address(answer.verification_uri),
    verificationUriComplete: complete === undefined ? null : address(complete),
    lifeMs: Math.min(answer.expires_in * 1000, LONGEST_LIFE_MS),
    intervalMs: Math.max(answer.interval ?? USUAL_INTERVAL_S, SHORTEST_INTERVAL_S) * 1000
  };
}
