// A small OpenID provider whose faults can be switched on; it behaves well until one is.
// Adapted from the project's shared test material (`idp/hostile-idp.mjs`): the device grant and what follows it,
// PKCE demanded, every secret that it hands out remembered so that tests can look for leaks.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  discoveryDocument,
  discoveryFault,
  json,
  page,
  personDetails,
  tokenFault,
  tokenType,
  verificationUri,
  wrongExpiry
} from './answers.ts';
import type { Fault } from './faults.ts';
import { IdTokens } from './id-tokens.ts';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly grant: string | null;
  readonly form: URLSearchParams;
  readonly auth: string | null;
}

interface Device {
  readonly userCode: string;
  readonly challenge: string;
  user: string | null;
}

interface Holder {
  readonly user: string;
  readonly client: string;
}

const random = (): string => randomBytes(18).toString('base64url');

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const part of request) {
    body += String(part);
  }
  return new URLSearchParams(body);
}

function refuse(response: ServerResponse, error: string, description = error): void {
  json(response, 400, { error, error_description: description });
}

/** A provider on loopback. `calls` lists what was asked; `elsewhere` what reached another origin. */
export class HostileIdp {
  issuer = '';
  readonly calls: Call[] = [];
  readonly elsewhere: string[] = [];
  /** Every device code, token and verifier that went over the wire. */
  readonly secrets: string[] = [];
  accessSeconds = 3600;
  /** Answers to renewals are kept back until this resolves. */
  answerRenewals: Promise<void> = Promise.resolve();
  readonly #clientSecret: string | null;
  readonly #faults = new Map<Fault, number>();
  readonly #devices = new Map<string, Device>();
  readonly #access = new Map<string, Holder>();
  readonly #refresh = new Map<string, Holder>();
  readonly #server: Server;
  readonly #stranger: Server;
  #strangerOrigin = '';
  #idTokens: IdTokens | null = null;

  constructor(options: { clientSecret?: string } = {}) {
    this.#clientSecret = options.clientSecret ?? null;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#stranger = createServer((request, response) => {
      this.elsewhere.push(`${request.method ?? ''} ${request.url ?? ''}`);
      request.resume();
      response.writeHead(404).end();
    });
  }

  async start(): Promise<this> {
    this.issuer = await listen(this.#server);
    this.#strangerOrigin = await listen(this.#stranger);
    this.#idTokens = await IdTokens.create(fault => this.#isOn(fault));
    return this;
  }

  async close(): Promise<void> {
    for (const server of [this.#server, this.#stranger]) {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  }

  /** Switches a fault on, for the next `times` occasions. */
  fault(name: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#faults.set(name, times);
  }

  healAll(): void {
    this.#faults.clear();
  }

  /** The person types the code and says yes. */
  approve(userCode: string, user = 'alice'): void {
    for (const device of this.#devices.values()) {
      if (device.userCode === userCode) {
        device.user = user;
      }
    }
  }

  /** Whether this access token would still be accepted. */
  knowsAccess(token: string): boolean {
    return this.#access.has(token);
  }

  knowsRefresh(token: string): boolean {
    return this.#refresh.has(token);
  }

  /** Makes every access token invalid, as a provider does that ended the sessions. */
  forgetAccess(): void {
    this.#access.clear();
  }

  count(path: string, grant: string | null = null): number {
    return this.calls.filter(call => call.path === path && (grant === null || call.grant === grant))
      .length;
  }

  static subjectOf(user: string): string {
    return `${createHash('sha256').update(`pan-test-${user}`).digest('hex')}@umbrellaid.org`;
  }

  #isOn(fault: Fault): boolean {
    const left = this.#faults.get(fault) ?? 0;
    if (left <= 0) {
      return false;
    }
    this.#faults.set(fault, left - 1);
    return true;
  }

  #secret(kind: string): string {
    const value = `CANARY-${kind}-${random()}`;
    this.secrets.push(value);
    return value;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.issuer);
    const form = await readForm(request);
    this.calls.push({
      method: request.method ?? '',
      path: pathname,
      grant: form.get('grant_type'),
      form,
      auth: request.headers.authorization ?? null
    });
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return this.#discovery(response);
      case '/jwks':
        return this.#jwks(response);
      case '/device':
        return this.#device(form, response);
      case '/token':
        return this.#token(request, form, response);
      case '/userinfo':
        return this.#userinfo(request, response);
      case '/revoke':
        return this.#revoke(form, response);
      default:
        return json(response, 404, { error: 'not_found' });
    }
  }

  async #discovery(response: ServerResponse): Promise<void> {
    const isOn = (fault: Fault): boolean => this.#isOn(fault);
    if (!(await discoveryFault(response, this.#strangerOrigin, isOn))) {
      json(response, 200, discoveryDocument(this.issuer, this.#strangerOrigin, isOn));
    }
  }

  #jwks(response: ServerResponse): void {
    if (this.#isOn('jwks_500')) {
      return page(response, 500);
    }
    if (this.#isOn('jwks_slow')) {
      return;
    }
    if (this.#isOn('jwks_html')) {
      return page(response, 200);
    }
    json(response, 200, { keys: this.#isOn('jwks_empty') ? [] : (this.#idTokens?.keys() ?? []) });
  }

  #device(form: URLSearchParams, response: ServerResponse): void {
    if (this.#isOn('dv_500')) {
      return page(response, 503);
    }
    const scope = form.get('scope') ?? '';
    if (scope.includes('offline_access') && this.#isOn('dv_no_offline')) {
      return refuse(response, 'invalid_scope');
    }
    const challenge = form.get('code_challenge');
    if (challenge === null || form.get('code_challenge_method') !== 'S256') {
      return refuse(response, 'invalid_request', 'PKCE is demanded');
    }
    const deviceCode = this.#secret('device');
    const userCode = this.#isOn('dv_bidi_code')
      ? 'ABC\u202eDEF'
      : random().slice(0, 8).toUpperCase();
    this.#devices.set(deviceCode, { userCode, challenge, user: null });
    const uri = verificationUri(this.issuer, fault => this.#isOn(fault));
    const complete = this.#isOn('dv_complete_elsewhere')
      ? `${this.#strangerOrigin}/device?user_code=${userCode}`
      : `${uri}?user_code=${userCode}`;
    json(response, 200, {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: uri,
      ...(this.#isOn('dv_no_complete') ? {} : { verification_uri_complete: complete }),
      expires_in: 600,
      interval: this.#isOn('dv_interval_zero') ? 0 : 1
    });
  }

  async #token(
    request: IncomingMessage,
    form: URLSearchParams,
    response: ServerResponse
  ): Promise<void> {
    const client = this.#client(request, form);
    if (client === null) {
      return json(response, 401, { error: 'invalid_client' });
    }
    if (tokenFault(response, this.#strangerOrigin, fault => this.#isOn(fault))) {
      return;
    }
    const isRefresh = form.get('grant_type') === 'refresh_token';
    const holder = isRefresh ? this.#refreshed(form, response) : this.#approved(form, response);
    if (holder !== null) {
      const answer = await this.#grant(client, holder, isRefresh);
      await (isRefresh ? this.answerRenewals : undefined);
      json(response, 200, answer);
    }
  }

  #client(request: IncomingMessage, form: URLSearchParams): string | null {
    const basic = request.headers.authorization?.replace(/^Basic /, '');
    if (this.#clientSecret === null) {
      return form.get('client_id');
    }
    // Both parts are percent-encoded (RFC 6749 §2.3.1).
    const [id = '', secret = ''] = Buffer.from(basic ?? '', 'base64')
      .toString()
      .split(':')
      .map(decodeURIComponent);
    return secret === this.#clientSecret ? id : null;
  }

  #approved(form: URLSearchParams, response: ServerResponse): Holder | null {
    const code = form.get('device_code') ?? '';
    const verifier = form.get('code_verifier') ?? '';
    this.secrets.push(verifier);
    const device = this.#devices.get(code);
    const error = this.#isOn('dv_slow_down')
      ? 'slow_down'
      : this.#isOn('dv_expired')
        ? 'expired_token'
        : this.#isOn('dv_denied')
          ? 'access_denied'
          : device === undefined
            ? 'invalid_grant'
            : device.user === null
              ? 'authorization_pending'
              : null;
    if (this.#isOn('dv_echo')) {
      refuse(response, 'invalid_grant', `<b>${code}</b> and ${verifier} ${'x'.repeat(5000)}`);
      return null;
    }
    if (error !== null || device?.user == null) {
      refuse(response, error ?? 'invalid_grant');
      return null;
    }
    if (createHash('sha256').update(verifier).digest('base64url') !== device.challenge) {
      refuse(response, 'invalid_grant', 'PKCE');
      return null;
    }
    this.#devices.delete(code);
    return { user: device.user, client: form.get('client_id') ?? '' };
  }

  #refreshed(form: URLSearchParams, response: ServerResponse): Holder | null {
    const token = form.get('refresh_token') ?? '';
    const holder = this.#refresh.get(token);
    if (this.#isOn('rf_500')) {
      page(response, 503);
      return null;
    }
    if (this.#isOn('rf_slow')) {
      return null;
    }
    if (holder === undefined || this.#isOn('rf_invalid_grant')) {
      // A provider that rotates ends the whole family when a spent token comes back.
      this.#refresh.clear();
      refuse(response, 'invalid_grant', 'session is over');
      return null;
    }
    if (this.#isOn('rf_rotates')) {
      this.#refresh.delete(token);
    }
    return this.#isOn('rf_sub_changed') ? { ...holder, user: 'mallory' } : holder;
  }

  async #grant(client: string, holder: Holder, isRefresh: boolean): Promise<object> {
    const access = this.#secret('access') + (this.#isOn('tk_newline') ? '\r\nX-Injected: 1' : '');
    this.#access.set(access, holder);
    const answer: Record<string, unknown> = {
      access_token: access,
      token_type: tokenType(fault => this.#isOn(fault)),
      expires_in: this.accessSeconds,
      scope: this.#isOn('tk_scope_less') ? 'openid' : 'openid profile offline_access'
    };
    if (!this.#isOn('tk_no_refresh') && !(isRefresh && this.#isOn('rf_no_new'))) {
      const refresh = this.#secret('refresh');
      answer['refresh_token'] = refresh + (this.#isOn('tk_refresh_newline') ? '\n' : '');
      this.#refresh.set(refresh, holder);
    }
    if (!this.#isOn('tk_no_id_token')) {
      const { user } = holder;
      const idToken = await this.#idTokens?.make(
        this.issuer,
        client,
        HostileIdp.subjectOf(user),
        user
      );
      this.secrets.push(idToken ?? '');
      answer['id_token'] = idToken;
    }
    Object.assign(
      answer,
      wrongExpiry(fault => this.#isOn(fault))
    );
    return answer;
  }

  #userinfo(request: IncomingMessage, response: ServerResponse): void {
    const holder = this.#access.get(request.headers.authorization?.replace(/^\S+ /, '') ?? '');
    if (holder === undefined || this.#isOn('ui_401')) {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    if (this.#isOn('ui_500')) {
      return page(response, 500);
    }
    if (this.#isOn('ui_html')) {
      return page(response, 200);
    }
    const sub = HostileIdp.subjectOf(this.#isOn('ui_sub_other') ? 'bob' : holder.user);
    json(response, 200, { sub, ...personDetails(fault => this.#isOn(fault)) });
  }

  #revoke(form: URLSearchParams, response: ServerResponse): void {
    if (this.#isOn('rv_503')) {
      return page(response, 503);
    }
    this.#refresh.delete(form.get('token') ?? '');
    this.#access.delete(form.get('token') ?? '');
    response.writeHead(200).end();
  }
}
