import type { PendingSignin, SigninState } from '#contract';
import { isoTime } from '../core/clock.ts';
import { problem, ProblemError, toProblem } from '../core/problem.ts';
import type { Secret } from '../core/secret.ts';
import type { ProviderProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { Account, signInNeeded } from './account.ts';
import { describeAccount } from './describe-account.ts';
import { waitForApproval } from './approval.ts';
import type { DeviceCode } from './device-code.ts';
import type { SigninPort } from './port.ts';
import { identify, type Identity } from './identify.ts';
import { openGateway } from './open-gateway.ts';
import type { ProviderGateway } from './provider-gateway.ts';
import type { TokenSet } from './token-set.ts';

const TIMEOUT_MS = 10_000;
/** Sign-ins that may be starting at the same time; only the newest is waited for. */
const MAX_STARTING = 3;
/** How long the end of the process waits for tokens to be revoked. */
const REVOKE_AT_END_MS = 2000;

/** One attempt: its address for the person, and how to give it up. */
interface Attempt {
  readonly pending: PendingSignin;
  readonly giveUp: AbortController;
}

/**
 * Who is signed in. Tokens stay in this process's memory: nothing of them is stored, logged or sent
 * to the browser, and after a restart the person is signed out.
 */
export class SigninService implements SigninPort {
  readonly #parts: Parts;
  readonly #timeoutMs: number;
  readonly #ending = new AbortController();
  readonly #listeners: (() => void)[] = [];
  readonly #background = new Set<Promise<void>>();
  #profileKey: string;
  #attempt: Attempt | null = null;
  #account: Account | null = null;
  /** Why the person is asked again after having been signed in. */
  #needsYou: ProblemError | null = null;
  /** Why the last attempt ended. */
  #problem: ProblemError | null = null;
  #starting = 0;
  #newestStart = 0;
  #lastSent = '';

  constructor(parts: Parts, timeoutMs: number = TIMEOUT_MS) {
    this.#parts = parts;
    this.#timeoutMs = timeoutMs;
    this.#profileKey = this.#readProfileKey();
    parts.facility.onChange(() => this.#profileChanged());
    // Who resumes the event stream after a restart still believes the last event of the earlier process.
    this.#lastSent = lastStoredState(parts.db) ?? JSON.stringify(this.state());
    this.#changed();
  }

  state(): SigninState {
    const trouble = this.#problem ?? this.#needsYou ?? this.#account?.trouble ?? null;
    return {
      state: this.#stateName(),
      pending: this.#attempt?.pending ?? null,
      account: this.#account === null ? null : describeAccount(this.#account),
      problem: trouble === null ? null : toProblem(trouble)
    };
  }

  async start(providerId: string): Promise<PendingSignin> {
    const provider = this.#provider(providerId);
    if (this.#starting >= MAX_STARTING) {
      throw problem(
        'wrong-state',
        'A sign-in is being started already. Wait a few seconds, then try again.'
      );
    }
    this.#attempt?.giveUp.abort();
    this.#attempt = null;
    this.#problem = null;
    this.#newestStart += 1;
    const start = this.#newestStart;
    this.#starting += 1;
    try {
      const gateway = await openGateway(this.#parts, provider, this.#timeoutMs);
      const giveUp = new AbortController();
      const signal = AbortSignal.any([giveUp.signal, this.#ending.signal]);
      const code = await gateway.askDeviceCode(signal);
      const pending = await this.#pending(provider, code);
      if (start !== this.#newestStart) {
        throw problem('wrong-state', 'This sign-in was replaced by a newer one, or given up.');
      }
      const attempt = { pending, giveUp };
      this.#attempt = attempt;
      this.#changed();
      this.#inBackground(this.#complete(attempt, provider, gateway, code, signal));
      return attempt.pending;
    } catch (error) {
      if (start === this.#newestStart) {
        this.#problem = error instanceof ProblemError ? error : null;
        this.#changed();
      }
      throw error;
    } finally {
      this.#starting -= 1;
    }
  }

  abandon(): void {
    this.#newestStart += 1;
    this.#attempt?.giveUp.abort();
    this.#attempt = null;
    this.#problem = null;
    this.#changed();
  }

  async signOut(): Promise<void> {
    const work = this.#forgetAndRevoke();
    this.#inBackground(work);
    await work;
  }

  async #forgetAndRevoke(): Promise<void> {
    const account = this.#account;
    const tokens = account?.close() ?? null;
    this.#account = null;
    this.#needsYou = null;
    this.abandon();
    if (account !== null && tokens !== null) {
      await this.#revoke(account.gateway, tokens);
    }
  }

  async token(providerId: string, stale?: Secret): Promise<Secret> {
    const provider = this.#provider(providerId);
    if (this.#account === null || this.#account.provider.id !== provider.id) {
      throw signInNeeded(provider.title);
    }
    return this.#account.token(stale);
  }

  hasAccount(providerId: string): boolean {
    return this.#account?.provider.id === providerId;
  }

  onSignedIn(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Ends everything; what is left of a sign-in is revoked, because nobody could use it again. */
  async stop(): Promise<void> {
    const timer = new AbortController();
    const limit = this.#parts.clock.sleep(REVOKE_AT_END_MS, timer.signal).catch(() => undefined);
    void this.signOut();
    await Promise.race([Promise.allSettled(this.#background), limit]);
    timer.abort();
    this.#ending.abort();
    await Promise.allSettled(this.#background);
  }

  #stateName(): SigninState['state'] {
    if (this.#attempt !== null) {
      return 'pending';
    }
    if (this.#account !== null) {
      return 'signed-in';
    }
    return this.#needsYou === null ? 'signed-out' : 'needs-you';
  }

  #provider(id: string): ProviderProfile {
    const profile = this.#parts.facility.profile();
    const provider = profile.providers.find(candidate => candidate.id === id);
    if (provider === undefined) {
      throw problem(
        'not-offered',
        `The facility profile "${profile.title}" names no sign-in service "${id}".`
      );
    }
    return provider;
  }

  async #pending(provider: ProviderProfile, code: DeviceCode): Promise<PendingSignin> {
    const { qrSvg } = await import('./qr-svg.ts');
    return {
      provider: provider.id,
      userCode: code.userCode,
      verificationUri: code.verificationUri,
      verificationUriComplete: code.verificationUriComplete,
      qrSvg: qrSvg(
        code.verificationUriComplete ?? code.verificationUri,
        `QR code of the sign-in page of ${provider.title}`
      ),
      expiresAt: isoTime(this.#parts.clock.now() + code.lifeMs)
    };
  }

  async #complete(
    attempt: Attempt,
    provider: ProviderProfile,
    gateway: ProviderGateway,
    code: DeviceCode,
    signal: AbortSignal
  ): Promise<void> {
    try {
      const tokens = await waitForApproval(gateway, code, this.#parts.clock, signal);
      const person = await identify(gateway, tokens, this.#parts.log, signal);
      if (this.#attempt !== attempt) {
        await this.#revoke(gateway, tokens);
        return;
      }
      this.#attempt = null;
      this.#signedIn(provider, gateway, tokens, person);
    } catch (error) {
      if (this.#attempt === attempt) {
        this.#attempt = null;
        this.#problem =
          error instanceof ProblemError ? error : problem('sign-in-failed', 'Sign-in failed.');
        this.#changed();
      }
    }
  }

  #signedIn(
    provider: ProviderProfile,
    gateway: ProviderGateway,
    tokens: TokenSet,
    person: Identity
  ): void {
    const { clock, log } = this.#parts;
    const former = this.#account;
    const formerTokens = former?.close() ?? null;
    const account: Account = new Account({
      provider,
      gateway,
      tokens,
      ...person,
      clock,
      log,
      signal: this.#ending.signal,
      onChange: () => this.#changed(),
      onLost: why => this.#lost(account, why),
      onLate: late => this.#inBackground(this.#revoke(gateway, late))
    });
    this.#account = account;
    this.#needsYou = null;
    this.#problem = null;
    if (account.missingScopes.length > 0) {
      log.info({ provider: provider.id, missing: account.missingScopes }, 'fewer scopes granted');
    }
    this.#changed();
    if (former !== null && formerTokens !== null) {
      this.#inBackground(this.#revoke(former.gateway, formerTokens));
    }
    for (const listener of this.#listeners) {
      listener();
    }
  }

  #lost(account: Account, why: ProblemError): void {
    if (this.#account === account) {
      this.#account = null;
      this.#needsYou = why;
      this.#changed();
    }
  }

  #profileChanged(): void {
    const key = this.#readProfileKey();
    if (key !== this.#profileKey) {
      this.#profileKey = key;
      void this.signOut();
    }
  }

  /** Tells whether the profile or one of its sign-in services became another. */
  #readProfileKey(): string {
    try {
      const { id, providers } = this.#parts.facility.profile();
      return JSON.stringify([id, providers]);
    } catch {
      return '';
    }
  }

  /** Best effort: a provider that does not answer must not keep anybody signed in. */
  async #revoke(gateway: ProviderGateway, tokens: TokenSet): Promise<void> {
    try {
      if (tokens.refresh !== null) {
        await gateway.revoke(tokens.refresh, 'refresh_token', this.#ending.signal);
      }
      await gateway.revoke(tokens.access, 'access_token', this.#ending.signal);
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      this.#parts.log.warn({ reason }, 'tokens could not be revoked');
    }
  }

  #inBackground(work: Promise<void>): void {
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
  }

  #changed(): void {
    const state = this.state();
    const text = JSON.stringify(state);
    if (text !== this.#lastSent) {
      this.#lastSent = text;
      this.#parts.events.append('signin', state);
    }
  }
}

function lastStoredState(db: Parts['db']): string | null {
  const row = db
    .prepare("SELECT data FROM events WHERE name = 'signin' ORDER BY seq DESC LIMIT 1")
    .get() as { data: string } | undefined;
  return row?.data ?? null;
}
