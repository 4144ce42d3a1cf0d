import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Secret } from '../../src/core/secret.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { hostileIdp, providerAt, signIn, signinBench } from './bench.ts';

const SECOND = 1000;

async function signedIn(t: TestContext, accessSeconds = 3600) {
  const idp = await hostileIdp(t);
  idp.accessSeconds = accessSeconds;
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock, timeoutMs: 400 });
  await signIn(bench, idp, clock);
  return { idp, clock, bench, refreshes: () => idp.count('/token', 'refresh_token') };
}

test('twenty calls at the end of a token make one renewal, and all get the new token', async t => {
  const { idp, clock, bench, refreshes } = await signedIn(t);
  idp.fault('rf_rotates');
  const old = await bench.port.token('umbrella');
  clock.advance(3600 * SECOND);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => bench.port.token('umbrella')));
  assert.equal(refreshes(), 1);
  assert.equal(new Set(tokens.map(token => token.reveal())).size, 1);
  assert.notEqual(tokens[0]?.reveal(), old.reveal());
  assert.equal(
    bench.port.state().account?.expiresAt,
    new Date(clock.now() + 3600 * SECOND).toISOString()
  );
  clock.advance(3600 * SECOND);
  await bench.port.token('umbrella');
  assert.equal(refreshes(), 2, 'the rotated refresh token was kept');
});

for (const [life, due] of [
  [3600, 2700],
  [120, 60],
  [20, 10]
] as const) {
  test(`a token of ${life} s is renewed after ${due} s and not before`, async t => {
    const { clock, bench, refreshes } = await signedIn(t, life);
    clock.advance((due - 1) * SECOND);
    await bench.port.token('umbrella');
    assert.equal(refreshes(), 0);
    clock.advance(SECOND);
    await bench.port.token('umbrella');
    assert.equal(refreshes(), 1);
  });
}

test('a token that a service refused is renewed once, for everybody', async t => {
  const { idp, bench, refreshes } = await signedIn(t);
  const refused = await bench.port.token('umbrella');
  idp.forgetAccess();
  const tokens = await Promise.all(
    Array.from({ length: 20 }, () => bench.port.token('umbrella', refused))
  );
  assert.equal(refreshes(), 1);
  const late = await bench.port.token('umbrella', refused);
  assert.equal(late.reveal(), tokens[0]?.reveal());
  assert.equal(refreshes(), 1, 'a stale token that is not the current one renews nothing');
});

test('a fresh token that is refused at once is not renewed again and again', async t => {
  const { clock, bench, refreshes } = await signedIn(t);
  let token = await bench.port.token('umbrella');
  for (let file = 0; file < 10; file++) {
    token = await bench.port.token('umbrella', token);
  }
  assert.equal(refreshes(), 1);
  clock.advance(5 * SECOND);
  await bench.port.token('umbrella', token);
  assert.equal(refreshes(), 2);
});

test('invalid_grant asks the person and is not tried again', async t => {
  const { idp, clock, bench, refreshes } = await signedIn(t);
  idp.fault('rf_invalid_grant', 1);
  clock.advance(3000 * SECOND);
  const calls = await Promise.allSettled(
    Array.from({ length: 5 }, () => bench.port.token('umbrella'))
  );
  assert.ok(calls.every(({ status }) => status === 'rejected'));
  await assert.rejects(bench.port.token('umbrella'), { slug: 'sign-in-needed' });
  assert.equal(refreshes(), 1);
  const state = bench.port.state();
  assert.equal(state.state, 'needs-you');
  assert.equal(state.account, null);
  assert.equal(state.problem?.type, '/problems/sign-in-needed');
  assert.equal(state.problem.action, 'sign-in');
  assert.deepEqual(bench.seen.at(-1), state);

  await bench.port.start('umbrella');
  assert.equal(bench.port.state().state, 'pending');
  bench.port.abandon();
  assert.equal(bench.port.state().state, 'needs-you', 'giving up does not hide that it is needed');
  assert.equal(bench.port.state().problem?.type, '/problems/sign-in-needed');
  assert.equal((await signIn(bench, idp, clock)).state, 'signed-in');
  await bench.port.token('umbrella');
});

test('a renewal for another person ends the sign-in', async t => {
  const { idp, clock, bench } = await signedIn(t);
  idp.fault('rf_sub_changed');
  clock.advance(3000 * SECOND);
  await assert.rejects(bench.port.token('umbrella'), { slug: 'sign-in-needed' });
  const { state, problem } = bench.port.state();
  assert.equal(state, 'needs-you');
  assert.equal(problem?.type, '/problems/provider-not-trusted');
});

for (const fault of ['rf_500', 'rf_slow', 'jwks_500', 'tk_429', 'tk_drop'] as const) {
  test(`with ${fault} the token is used until it ends, and renewing goes on with back-off`, async t => {
    const { idp, clock, bench, refreshes } = await signedIn(t);
    const token = await bench.port.token('umbrella');
    idp.fault(fault);
    clock.advance(3000 * SECOND);
    assert.equal((await bench.port.token('umbrella')).reveal(), token.reveal());
    const asked = refreshes();
    assert.equal((await bench.port.token('umbrella')).reveal(), token.reveal());
    assert.equal(refreshes(), asked, 'not asked again at once');
    const { state, problem } = bench.port.state();
    assert.equal(state, 'signed-in');
    assert.equal(problem?.type, '/problems/provider-unreachable');

    clock.advance(600 * SECOND);
    await assert.rejects(bench.port.token('umbrella'), { slug: 'provider-unreachable' });
    assert.equal(bench.port.state().state, 'signed-in', 'this heals without the person');

    idp.healAll();
    clock.advance(300 * SECOND);
    assert.notEqual((await bench.port.token('umbrella')).reveal(), token.reveal());
    assert.equal(bench.port.state().problem, null);
  });
}

test('a refused token is not handed out again while the provider is down', async t => {
  const { idp, bench } = await signedIn(t);
  const refused = await bench.port.token('umbrella');
  idp.fault('rf_500');
  await assert.rejects(bench.port.token('umbrella', refused), { slug: 'provider-unreachable' });
  await assert.rejects(bench.port.token('umbrella', refused), { slug: 'provider-unreachable' });
});

test('a provider that does not rotate keeps its refresh token', async t => {
  const { idp, clock, bench, refreshes } = await signedIn(t);
  idp.fault('rf_no_new');
  for (let round = 1; round <= 3; round++) {
    clock.advance(3600 * SECOND);
    await bench.port.token('umbrella');
    assert.equal(refreshes(), round);
  }
  assert.equal(bench.port.state().account?.renews, true);
});

for (const fault of ['id_bad_sig', 'id_wrong_iss', 'tk_newline', 'id_kid_unknown'] as const) {
  test(`a renewal with ${fault} is not used; the old token ends in its time`, async t => {
    const { idp, clock, bench } = await signedIn(t);
    const token = await bench.port.token('umbrella');
    idp.fault(fault);
    clock.advance(3000 * SECOND);
    assert.equal((await bench.port.token('umbrella')).reveal(), token.reveal());
    assert.notEqual(bench.port.state().problem, null);
    clock.advance(900 * SECOND);
    await assert.rejects(bench.port.token('umbrella'), { slug: 'sign-in-needed' });
    assert.equal(bench.port.state().state, 'needs-you');
  });
}

test('keys that change between two renewals are fetched anew', async t => {
  const { idp, clock, bench, refreshes } = await signedIn(t);
  idp.fault('id_rotated_key', 1);
  clock.advance(3000 * SECOND);
  // Fetched just before this answer was signed with a newer key: refused, the old token still serves.
  const old = await bench.port.token('umbrella');
  clock.advance(60 * SECOND);
  const renewed = await bench.port.token('umbrella');
  assert.notEqual(renewed.reveal(), old.reveal());
  assert.equal(refreshes(), 2);
});

test('without a refresh token the sign-in ends with the token, by itself', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  idp.fault('tk_no_refresh');
  const { account } = await signIn(bench, idp, clock);
  assert.equal(account?.renews, false);
  const token = await bench.port.token('umbrella');
  clock.advance(3599 * SECOND);
  assert.equal((await bench.port.token('umbrella')).reveal(), token.reveal());
  clock.advance(SECOND);
  const { state, problem } = await bench.waitFor(({ state }) => state !== 'signed-in');
  assert.equal(state, 'needs-you');
  assert.equal(problem?.type, '/problems/sign-in-needed');
  await assert.rejects(bench.port.token('umbrella'), { slug: 'sign-in-needed' });
});

test('a refused token that cannot be renewed asks the person', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  idp.fault('tk_no_refresh');
  await signIn(bench, idp, clock);
  const token = await bench.port.token('umbrella');
  await bench.port.token('umbrella', new Secret('an older one'));
  assert.equal(bench.port.state().state, 'signed-in');
  await assert.rejects(bench.port.token('umbrella', token), { slug: 'sign-in-needed' });
  assert.equal(bench.port.state().state, 'needs-you');
});

test('a laptop that slept past the end of the token renews it', async t => {
  class SleepyClock extends ManualClock {
    sleptMs = 0;
    override now(): number {
      return super.now() + this.sleptMs;
    }
  }
  const idp = await hostileIdp(t);
  const clock = new SleepyClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  await signIn(bench, idp, clock);
  // The monotonic clock stands still while the machine sleeps (clock_gettime(2), CLOCK_MONOTONIC).
  clock.sleptMs = 8 * 3600 * SECOND;
  await bench.port.token('umbrella');
  assert.equal(idp.count('/token', 'refresh_token'), 1);
});

test('signing out during a renewal keeps nothing of it', async t => {
  const { idp, clock, bench, refreshes } = await signedIn(t);
  idp.fault('rf_rotates');
  const { promise, resolve: answer } = Promise.withResolvers<void>();
  idp.answerRenewals = promise;
  clock.advance(3000 * SECOND);
  const renewal = bench.port.token('umbrella');
  await until('the provider has renewed', () => refreshes() === 1);
  await bench.port.signOut();
  assert.equal(bench.port.state().state, 'signed-out');
  answer();
  await assert.rejects(renewal, { slug: 'sign-in-needed' });
  await bench.stop();
  const alive = idp.secrets.filter(secret => idp.knowsAccess(secret) || idp.knowsRefresh(secret));
  assert.equal(alive.length, 0, 'what came in late was revoked as well');
});
