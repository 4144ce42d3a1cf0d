import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, type Fault } from '../fakes/hostile-idp/faults.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { hostileIdp, providerAt, signIn, signinBench } from './bench.ts';

/** How a first sign-in ends when one thing is wrong: signed in, or the problem that the person sees. */
type Ending =
  | 'signed-in'
  | 'sign-in-failed'
  | 'sign-in-denied'
  | 'sign-in-expired'
  | 'provider-unreachable'
  | 'provider-not-trusted';

interface Row {
  readonly fault: Fault;
  readonly ends: Ending;
  /** How often the fault shows; always, if left out. */
  readonly times?: number;
  /** The request that the sign-in must not get beyond. */
  readonly never?: '/token' | '/device' | '/jwks';
  readonly says?: RegExp;
}

const trusted = 'provider-not-trusted';
const down = 'provider-unreachable';

const rows: readonly Row[] = [
  { fault: 'disc_500', ends: down, never: '/device' },
  { fault: 'disc_slow', ends: down, never: '/device', says: /does not answer in time/ },
  { fault: 'disc_html', ends: down, never: '/device', says: /web page instead of data/ },
  { fault: 'disc_huge', ends: trusted, never: '/device', says: /far more data/ },
  { fault: 'disc_wrong_issuer', ends: trusted, never: '/device' },
  { fault: 'disc_redirect', ends: trusted, never: '/device', says: /redirects/ },
  { fault: 'disc_token_elsewhere', ends: trusted, never: '/device', says: /another server/ },
  { fault: 'disc_device_elsewhere', ends: trusted, never: '/device' },
  { fault: 'disc_jwks_elsewhere', ends: trusted, never: '/device' },
  { fault: 'disc_userinfo_elsewhere', ends: trusted, never: '/device' },
  { fault: 'disc_revoke_elsewhere', ends: trusted, never: '/device' },
  { fault: 'disc_token_plain_http', ends: trusted, never: '/device', says: /not https/ },
  { fault: 'disc_no_device', ends: 'sign-in-failed', never: '/device' },

  { fault: 'jwks_500', ends: down, never: '/device' },
  { fault: 'jwks_slow', ends: down, never: '/device' },
  { fault: 'jwks_html', ends: down, never: '/device' },
  { fault: 'jwks_empty', ends: 'sign-in-failed', says: /does not publish/ },

  { fault: 'dv_500', ends: down, never: '/token' },
  { fault: 'dv_js_uri', ends: trusted, never: '/token' },
  { fault: 'dv_other_origin', ends: trusted, never: '/token', says: /evil\.example/ },
  { fault: 'dv_plain_http_uri', ends: trusted, never: '/token', says: /not https/ },
  { fault: 'dv_complete_elsewhere', ends: trusted, never: '/token' },
  { fault: 'dv_long_uri', ends: trusted, never: '/token' },
  { fault: 'dv_bidi_code', ends: trusted, never: '/token' },
  { fault: 'dv_interval_zero', ends: trusted, never: '/token' },
  { fault: 'dv_no_offline', ends: 'signed-in' },
  { fault: 'dv_no_complete', ends: 'signed-in' },

  { fault: 'dv_slow_down', times: 2, ends: 'signed-in' },
  { fault: 'dv_expired', ends: 'sign-in-expired' },
  { fault: 'dv_denied', ends: 'sign-in-denied' },
  { fault: 'dv_echo', ends: 'sign-in-failed', says: /<b>\[secret\]<\/b> and \[secret\] x+…/ },

  { fault: 'tk_500', times: 2, ends: 'signed-in' },
  { fault: 'tk_500', ends: down },
  { fault: 'tk_429', times: 1, ends: 'signed-in' },
  { fault: 'tk_slow', times: 1, ends: 'signed-in' },
  { fault: 'tk_html', times: 1, ends: 'signed-in' },
  { fault: 'tk_drop', times: 1, ends: 'signed-in' },
  { fault: 'tk_redirect', ends: trusted },
  { fault: 'tk_huge', ends: trusted },
  { fault: 'tk_type_mac', ends: trusted },
  { fault: 'tk_type_dpop', ends: trusted, says: /kind of token/ },
  { fault: 'tk_no_expiry', ends: 'signed-in' },
  { fault: 'tk_expiry_string', ends: 'signed-in' },
  { fault: 'tk_expiry_negative', ends: trusted },
  { fault: 'tk_expiry_absurd', ends: 'signed-in' },
  { fault: 'tk_no_id_token', ends: 'signed-in' },
  { fault: 'tk_newline', ends: trusted },
  { fault: 'tk_refresh_newline', ends: trusted },
  { fault: 'tk_proto', ends: trusted, says: /does not say who signed in/ },
  { fault: 'tk_scope_less', ends: 'signed-in' },
  { fault: 'tk_no_refresh', ends: 'signed-in' },

  { fault: 'id_alg_none', ends: trusted },
  { fault: 'id_hs256_pubkey', ends: trusted },
  { fault: 'id_bad_sig', ends: trusted },
  { fault: 'id_wrong_iss', ends: trusted },
  { fault: 'id_wrong_aud', ends: trusted },
  { fault: 'id_multi_aud_no_azp', ends: trusted },
  { fault: 'id_wrong_azp', ends: trusted },
  { fault: 'id_expired', ends: trusted },
  { fault: 'id_iat_future', ends: trusted },
  { fault: 'id_nonce_wrong', ends: trusted, says: /another request/ },
  { fault: 'id_no_sub', ends: trusted },
  { fault: 'id_kid_unknown', ends: 'sign-in-failed', says: /Try again in a minute/ },
  { fault: 'id_rotated_key', times: 1, ends: 'sign-in-failed', says: /Try again in a minute/ },
  { fault: 'id_jku', ends: 'sign-in-failed' },
  { fault: 'id_crit', ends: trusted },
  { fault: 'id_skew_30s', ends: 'signed-in' },
  { fault: 'id_no_exp', ends: trusted },

  { fault: 'ui_sub_other', ends: 'signed-in' },
  { fault: 'ui_401', ends: 'signed-in' },
  { fault: 'ui_500', ends: 'signed-in' },
  { fault: 'ui_html', ends: 'signed-in' },
  { fault: 'ui_entitlements_string', ends: 'signed-in' },
  { fault: 'ui_bidi_name', ends: 'signed-in' },
  { fault: 'ui_long_name', ends: 'signed-in' },
  { fault: 'ui_no_name', ends: 'signed-in' }
];

/** Faults that show after the sign-in; `renewal.test.ts` and the tests below drive them. */
const later = new Set<Fault>([...faults.refresh, ...faults.revoke]);
const driven = new Set(rows.map(({ fault }) => fault));

test('every fault of a first sign-in has a row', () => {
  const missing = Object.values(faults)
    .flat()
    .filter(fault => !later.has(fault) && !driven.has(fault));
  assert.deepEqual(missing, []);
});

for (const { fault, ends, times, never, says } of rows) {
  const often = times === undefined ? '' : ` (${times} times)`;
  test(`${fault}${often} ends as ${ends}`, async t => {
    const idp = await hostileIdp(t);
    const clock = new ManualClock();
    const timeoutMs = fault.endsWith('_slow') ? 300 : 5000;
    const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock, timeoutMs });
    idp.fault(fault, times);

    const startProblem = await bench.port.start('umbrella').then(
      ({ userCode }) => {
        idp.approve(userCode);
        return null;
      },
      (error: unknown) => error as { slug: string }
    );
    while (bench.port.state().state === 'pending') {
      const dueMs = await Promise.race([
        clock.nextDue(),
        bench.waitFor(({ state }) => state !== 'pending')
      ]);
      if (typeof dueMs === 'number' && bench.port.state().state === 'pending') {
        clock.advance(dueMs);
      }
    }

    const state = bench.port.state();
    if (ends === 'signed-in') {
      assert.equal(state.state, 'signed-in', state.problem?.detail);
      assert.equal(state.problem, null);
      assert.ok(idp.knowsAccess((await bench.port.token('umbrella')).reveal()));
    } else {
      assert.equal(state.state, 'signed-out');
      assert.equal(state.problem?.type, `/problems/${ends}`, state.problem?.detail);
      assert.match(state.problem.detail, says ?? /UmbrellaID/);
      assert.ok(state.problem.detail.length < 500);
      await assert.rejects(bench.port.token('umbrella'), { slug: 'sign-in-needed' });
      if (startProblem !== null) {
        assert.equal(startProblem.slug, ends);
      }
    }
    if (never !== undefined) {
      assert.equal(idp.count(never), 0);
    }
    assert.deepEqual(idp.elsewhere, [], 'another origin was contacted');
    assert.equal(Object.hasOwn(Object.prototype, 'admin'), false);
    const outside = [...bench.logged, ...bench.seen.map(seen => JSON.stringify(seen))].join('\n');
    for (const secret of idp.secrets) {
      assert.ok(!outside.includes(secret), 'a secret was logged or sent');
    }
  });
}

const names: readonly [Fault | null, string | RegExp][] = [
  [null, 'Alice Liddell'],
  ['ui_sub_other', 'alice'],
  ['ui_500', 'alice'],
  ['ui_bidi_name', 'Alice <script>alert(1)</script> x'],
  ['ui_long_name', /^\u{1f701}{79}…$/u],
  ['ui_no_name', 'alice']
];
for (const [fault, name] of names) {
  test(`with ${fault ?? 'no fault'} the person is shown as ${String(name)}`, async t => {
    const idp = await hostileIdp(t);
    const clock = new ManualClock();
    const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
    if (fault !== null) {
      idp.fault(fault);
    }
    const { account } = await signIn(bench, idp, clock);
    if (typeof name === 'string') {
      assert.equal(account?.name, name);
    } else {
      assert.match(account?.name ?? '', name);
    }
  });
}

test('what the provider leaves out or overdoes is bounded', async t => {
  const lives: readonly [Fault, number][] = [
    ['tk_no_expiry', 300_000],
    ['tk_expiry_string', 3_600_000],
    ['tk_expiry_absurd', 7 * 24 * 3_600_000]
  ];
  for (const [fault, lifeMs] of lives) {
    const idp = await hostileIdp(t);
    const clock = new ManualClock();
    const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
    idp.fault(fault);
    const { account } = await signIn(bench, idp, clock);
    assert.equal(Date.parse(account?.expiresAt ?? '') - clock.now(), lifeMs, fault);
  }
});

test('scopes that were asked for and not granted are named', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  idp.fault('tk_scope_less');
  const { account } = await signIn(bench, idp, clock);
  assert.deepEqual(account?.missingScopes, ['profile']);
});

test('plain http is refused without the switch, and outside loopback always', async t => {
  const idp = await hostileIdp(t);
  const production = signinBench(t, {
    providers: [providerAt(idp.issuer)],
    insecureLoopback: false
  });
  await assert.rejects(production.port.start('umbrella'), {
    slug: 'provider-not-trusted',
    message: /not https/
  });
  assert.deepEqual(idp.calls, []);
  const demo = signinBench(t, { providers: [providerAt('http://192.0.2.1/realms/x')] });
  await assert.rejects(demo.port.start('umbrella'), {
    slug: 'provider-not-trusted',
    message: /not https/
  });
});

test('an endpoint elsewhere is fine where the profile allows its origin', async t => {
  const idp = await hostileIdp(t);
  const bench = signinBench(t, {
    providers: [providerAt(idp.issuer, { allowed_endpoint_origins: ['https://evil.example'] })]
  });
  idp.fault('dv_other_origin');
  const pending = await bench.port.start('umbrella');
  assert.match(pending.verificationUri, /^https:\/\/evil\.example\/device$/);
});

test('the issuer of the profile is compared letter by letter', async t => {
  const idp = await hostileIdp(t);
  const bench = signinBench(t, { providers: [providerAt(`${idp.issuer}/`)] });
  await assert.rejects(bench.port.start('umbrella'), {
    slug: 'provider-not-trusted',
    message: /compare the issuer/
  });
  assert.equal(idp.count('/device'), 0);
});

test('a provider that does not exist is unreachable, not a crash', async t => {
  const idp = await hostileIdp(t);
  const { issuer } = idp;
  await idp.close();
  const bench = signinBench(t, { providers: [providerAt(issuer)] });
  await assert.rejects(bench.port.start('umbrella'), { slug: 'provider-unreachable' });
  assert.equal(bench.port.state().problem?.action, 'retry');
});

test('a revocation that fails leaves the person signed out', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  await signIn(bench, idp, clock);
  idp.fault('rv_503');
  await bench.port.signOut();
  assert.equal(bench.port.state().state, 'signed-out');
  assert.equal(bench.port.state().problem, null);
  assert.ok(bench.logged.some(line => line.includes('tokens could not be revoked')));
});
