import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Context } from 'oidc-provider';
import { makeMemory } from './sign-in-memory.ts';

/** The only person of the demo facility. */
const person = { sub: 'ada@demo.example', name: 'Ada Lovelace' };

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem}
button{font:inherit;padding:.5rem 1rem}input[type=text]{font:inherit;padding:.4rem;width:100%;box-sizing:border-box}</style>
<h1>${title}</h1>${body}</html>`;
}

/**
 * The demo's OpenID Connect provider (npm oidc-provider): device grant with PKCE, refresh tokens, revocation.
 * State is in memory: it forgets everybody when it ends, which also shows how "sign in again" looks.
 */
export async function startSignInService(port: number): Promise<{
  issuer: string;
  isTokenValid: (token: string) => Promise<boolean>;
  close(): Promise<void>;
}> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    adapter: makeMemory(),
    jwks: {
      keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'demo', use: 'sig', alg: 'RS256' }]
    },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: [
      {
        client_id: 'jupyterlab-panosc',
        client_name: 'jupyterlab-panosc',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: []
      }
    ],
    scopes: ['openid', 'profile', 'offline_access'],
    claims: { openid: ['sub'], profile: ['name'] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: () => true },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (context: Context, form: string, _out: unknown, error?: Error) => {
          const remark =
            error === undefined ? '' : '<p role="alert">This code is not known. Try again.</p>';
          context.body = page(
            'Demo sign-in',
            `<p>Enter the code that JupyterLab shows.</p>${remark}${form}<p><button type="submit" form="op.deviceInputForm">Continue</button></p>`
          );
        },
        userCodeConfirmSource: (
          context: Context,
          form: string,
          _client: unknown,
          _info: unknown,
          code: string
        ) => {
          context.body = page(
            'Demo sign-in',
            `<p>JupyterLab asks to act for you. Is this the code that it shows?</p><p><strong>${code}</strong></p>${form}<p><button type="submit" form="op.deviceConfirmForm">Yes, continue</button></p>`
          );
        },
        successSource: (context: Context) => {
          context.body = page(
            'Signed in',
            '<p>You can close this page and go back to JupyterLab.</p>'
          );
        }
      }
    },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, name: person.name })
    }),
    loadExistingGrant: async (context: Context) => {
      const grant = new provider.Grant({
        clientId: context.oidc.client?.clientId ?? '',
        accountId: context.oidc.session?.accountId ?? ''
      });
      grant.addOIDCScope('openid profile offline_access');
      await grant.save();
      return grant;
    },
    interactions: {
      url: (_context: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}`
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 600,
      RefreshToken: 86_400,
      DeviceCode: 600,
      Session: 3600,
      Grant: 86_400,
      Interaction: 600,
      IdToken: 600
    }
  });

  const oidc = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      oidc(request, response);
    } else if (request.method === 'POST') {
      request.resume();
      provider
        // A native client is asked for consent every time; the button is the consent.
        .interactionFinished(request, response, { login: { accountId: person.sub }, consent: {} })
        .catch(() => response.writeHead(400).end());
    } else {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(
        page(
          'Demo sign-in',
          `<form method="post"><button type="submit">Sign in as ${person.name}</button></form>`
        )
      );
    }
  });
  return {
    issuer,
    isTokenValid: async token => (await provider.AccessToken.find(token))?.isValid === true,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  };
}
