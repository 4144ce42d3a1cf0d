import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';

type IsOn = (fault: Fault) => boolean;

export function json(response: ServerResponse, status: number, value: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** What a gateway in front of a provider sends when the provider is down. */
export function page(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end('<html><body>gateway says no</body></html>');
}

/** Faults of discovery as a whole. True when one of them has answered, or never will. */
export async function discoveryFault(
  response: ServerResponse,
  stranger: string,
  isOn: IsOn
): Promise<boolean> {
  if (isOn('disc_500')) {
    page(response, 500);
  } else if (isOn('disc_slow')) {
    return true;
  } else if (isOn('disc_html')) {
    page(response, 200);
  } else if (isOn('disc_redirect')) {
    response.writeHead(302, { location: `${stranger}/redirected` }).end();
  } else if (isOn('disc_huge')) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.setMaxListeners(0);
    response.write('{"x":"');
    for (let sent = 0; sent < 400 && !response.destroyed; sent++) {
      if (!response.write('a'.repeat(262_144))) {
        await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
    }
    response.end('"}');
  } else {
    return false;
  }
  return true;
}

export function discoveryDocument(issuer: string, stranger: string, isOn: IsOn): object {
  const document: Record<string, unknown> = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    revocation_endpoint: `${issuer}/revoke`,
    device_authorization_endpoint: `${issuer}/device`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'none']
  };
  const wrong: Partial<Record<Fault, Record<string, unknown>>> = {
    disc_wrong_issuer: { issuer: 'https://aai.egi.eu/auth/realms/egi' },
    disc_token_elsewhere: { token_endpoint: `${stranger}/token` },
    disc_device_elsewhere: { device_authorization_endpoint: `${stranger}/device` },
    disc_jwks_elsewhere: { jwks_uri: `${stranger}/jwks` },
    disc_userinfo_elsewhere: { userinfo_endpoint: `${stranger}/userinfo` },
    disc_revoke_elsewhere: { revocation_endpoint: `${stranger}/revoke` },
    disc_token_plain_http: { token_endpoint: 'http://idp.example.org/token' },
    disc_no_device: { device_authorization_endpoint: undefined }
  };
  for (const [fault, change] of Object.entries(wrong)) {
    if (isOn(fault as Fault)) {
      Object.assign(document, change);
    }
  }
  return document;
}

export function verificationUri(issuer: string, isOn: IsOn): string {
  const wrong: [Fault, string][] = [
    ['dv_js_uri', 'javascript:alert(document.cookie)//'],
    ['dv_other_origin', 'https://evil.example/device'],
    ['dv_plain_http_uri', 'http://idp.example.org/device'],
    ['dv_long_uri', `${issuer}/device/${'x'.repeat(3000)}`]
  ];
  return wrong.find(([fault]) => isOn(fault))?.[1] ?? `${issuer}/device/approve`;
}

/** Faults of the token endpoint as a whole. True when one of them has answered, or never will. */
export function tokenFault(response: ServerResponse, stranger: string, isOn: IsOn): boolean {
  if (isOn('tk_drop')) {
    response.destroy();
  } else if (isOn('tk_500')) {
    page(response, 502);
  } else if (isOn('tk_429')) {
    json(response, 429, { error: 'too_many' }, { 'retry-after': '20' });
  } else if (isOn('tk_slow')) {
    return true;
  } else if (isOn('tk_html')) {
    page(response, 200);
  } else if (isOn('tk_redirect')) {
    response.writeHead(307, { location: `${stranger}/collect` }).end();
  } else if (isOn('tk_huge')) {
    json(response, 200, { access_token: 'a'.repeat(20e6), token_type: 'Bearer' });
  } else if (isOn('tk_proto')) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      '{"access_token":"x","token_type":"Bearer","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'
    );
  } else {
    return false;
  }
  return true;
}

export function tokenType(isOn: IsOn): string {
  if (isOn('tk_type_dpop')) {
    return 'DPoP';
  }
  return isOn('tk_type_mac') ? 'mac' : 'Bearer';
}

export function wrongExpiry(isOn: IsOn): object {
  const wrong: [Fault, unknown][] = [
    ['tk_no_expiry', undefined],
    ['tk_expiry_string', '3600'],
    ['tk_expiry_negative', -5],
    ['tk_expiry_absurd', 1e300]
  ];
  const found = wrong.find(([fault]) => isOn(fault));
  return found === undefined ? {} : { expires_in: found[1] };
}

export function personDetails(isOn: IsOn): object {
  const entitlement = 'urn:geant:umbrellaid.org:group:PaN:beamline-id19:role=member#umbrellaid.org';
  const name = isOn('ui_bidi_name')
    ? 'Alice\u202e<script>alert(1)</script>\u0000\n\u2066x'
    : isOn('ui_long_name')
      ? '\u{1f701}'.repeat(100_000)
      : 'Alice Liddell';
  return {
    ...(isOn('ui_no_name') ? {} : { name }),
    eduperson_entitlement: isOn('ui_entitlements_string') ? entitlement : [entitlement]
  };
}
