import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Profile } from '../../src/facility/profile.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { hostileIdp, providerAt, signIn, signinBench } from './bench.ts';

test('a person signs in by code and is known by name', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  assert.equal(bench.port.state().state, 'signed-out');
  let told = 0;
  bench.port.onSignedIn(() => (told += 1));

  const pending = await bench.port.start('umbrella');
  assert.equal(bench.port.state().state, 'pending');
  assert.equal(pending.verificationUri, `${idp.issuer}/device/approve`);
  assert.equal(
    pending.verificationUriComplete,
    `${idp.issuer}/device/approve?user_code=${pending.userCode}`
  );
  assert.match(pending.qrSvg, /^<svg [^>]*role="img" aria-label="QR code of the sign-in page/);
  assert.equal(Date.parse(pending.expiresAt), clock.now() + 600_000);

  assert.equal(await clock.skip(), 1000);
  assert.equal(await clock.nextDue(), 1000);
  assert.equal(bench.port.state().state, 'pending');
  idp.approve(pending.userCode);
  clock.advance(1000);
  const state = await bench.waitFor(({ state }) => state === 'signed-in');
  assert.deepEqual(state, {
    state: 'signed-in',
    pending: null,
    account: {
      provider: 'umbrella',
      providerTitle: 'UmbrellaID',
      name: 'Alice Liddell',
      expiresAt: new Date(clock.now() + 3_600_000).toISOString(),
      renews: true
    },
    problem: null
  });
  assert.equal(told, 1);
  assert.deepEqual(
    bench.seen.map(({ state }) => state),
    ['pending', 'signed-in']
  );
  assert.ok(idp.knowsAccess((await bench.port.token('umbrella')).reveal()));

  const asked = idp.calls.find(({ path }) => path === '/device');
  assert.equal(asked?.form.get('code_challenge_method'), 'S256');
  assert.equal(asked.form.get('scope'), 'openid profile offline_access');
  assert.equal(asked.form.get('client_id'), 'pan-native');
  assert.equal(idp.count('/jwks'), 1, 'keys are not fetched again for every poll');
});

test('signing out forgets first and revokes then', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  await signIn(bench, idp, clock);
  const token = await bench.port.token('umbrella');
  const done = bench.port.signOut();
  assert.equal(bench.port.state().state, 'signed-out');
  assert.equal(idp.count('/revoke'), 0);
  await assert.rejects(bench.port.token('umbrella'), { slug: 'sign-in-needed' });
  await done;
  assert.equal(idp.count('/revoke'), 2);
  assert.equal(idp.knowsAccess(token.reveal()), false);
  assert.equal(bench.seen.at(-1)?.state, 'signed-out');
});

test('ending the companion revokes what nobody could use again', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  await signIn(bench, idp, clock);
  const token = await bench.port.token('umbrella');
  await bench.stop();
  assert.equal(idp.knowsAccess(token.reveal()), false);
});

test('slow_down adds five seconds for good, an outage waits longer and longer', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  const { userCode } = await bench.port.start('umbrella');
  idp.fault('dv_slow_down', 1);
  assert.equal(await clock.skip(), 1000);
  assert.equal(await clock.nextDue(), 6000);
  idp.fault('tk_500', 2);
  assert.equal(await clock.skip(), 6000);
  assert.equal(await clock.skip(), 12_000);
  assert.equal(await clock.skip(), 24_000);
  assert.equal(await clock.nextDue(), 6000, 'it answers again');
  idp.fault('tk_429', 1);
  assert.equal(await clock.skip(), 6000);
  assert.equal(await clock.nextDue(), 20_000, 'Retry-After is honoured');
  idp.approve(userCode);
  clock.advance(20_000);
  assert.equal((await bench.waitFor(({ state }) => state !== 'pending')).state, 'signed-in');
});

test('a code that nobody enters expires', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  await bench.port.start('umbrella');
  await clock.nextDue();
  clock.advance(600_000);
  const state = await bench.waitFor(({ state }) => state !== 'pending');
  assert.equal(state.state, 'signed-out');
  assert.equal(state.problem?.type, '/problems/sign-in-expired');
});

test('a provider that is down until the code ends is named as the reason', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  await bench.port.start('umbrella');
  idp.fault('tk_500');
  await clock.skip();
  await clock.nextDue();
  clock.advance(600_000);
  const state = await bench.waitFor(({ state }) => state !== 'pending');
  assert.equal(state.problem?.type, '/problems/provider-unreachable');
});

test('starting again replaces the pending code; giving up ends it', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  const first = await bench.port.start('umbrella');
  const second = await bench.port.start('umbrella');
  assert.notEqual(first.userCode, second.userCode);
  idp.approve(first.userCode);
  await clock.skip();
  await clock.nextDue();
  assert.equal(idp.count('/token'), 1, 'only one code is polled for');
  assert.equal(bench.port.state().state, 'pending');
  bench.port.abandon();
  assert.equal(bench.port.state().state, 'signed-out');
  idp.approve(second.userCode);
  clock.advance(60_000);
  assert.equal(idp.count('/token'), 1);
});

test('a flood of starts is bounded', async t => {
  const idp = await hostileIdp(t);
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)] });
  const starts = await Promise.allSettled(
    Array.from({ length: 100 }, () => bench.port.start('umbrella'))
  );
  assert.equal(starts.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.ok(idp.count('/device') <= 3);
  assert.equal(bench.port.state().state, 'pending');
});

test('a new account takes the place of the old one, which is revoked', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  await signIn(bench, idp, clock);
  const old = await bench.port.token('umbrella');
  const { userCode } = await bench.port.start('umbrella');
  assert.equal(bench.port.state().state, 'pending');
  assert.equal((await bench.port.token('umbrella')).reveal(), old.reveal(), 'still usable');
  idp.approve(userCode, 'bob');
  await clock.skip();
  await bench.waitFor(({ state }) => state === 'signed-in');
  assert.notEqual((await bench.port.token('umbrella')).reveal(), old.reveal());
  await bench.stop();
  assert.equal(idp.knowsAccess(old.reveal()), false);
});

test('giving up a second sign-in leaves the first one alone', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  await signIn(bench, idp, clock);
  await bench.port.start('umbrella');
  bench.port.abandon();
  assert.equal(bench.port.state().state, 'signed-in');
});

test('a token is given only for the provider that the person signed in at', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const egi = providerAt(idp.issuer, { id: 'egi', title: 'EGI Check-in' });
  const bench = signinBench(t, { providers: [providerAt(idp.issuer), egi], clock });
  await signIn(bench, idp, clock);
  await assert.rejects(bench.port.token('egi'), {
    slug: 'sign-in-needed',
    message: /EGI Check-in/
  });
  await assert.rejects(bench.port.token('nobody'), { slug: 'not-offered' });
  await assert.rejects(bench.port.start('nobody'), { slug: 'not-offered' });
});

test('another profile signs the person out; the same one again does not', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const providers = [providerAt(idp.issuer)];
  const bench = signinBench(t, { providers, clock });
  await signIn(bench, idp, clock);
  const token = await bench.port.token('umbrella');
  bench.switchProfile(Profile.parse({ id: 'test', title: 'Test', providers }));
  assert.equal(bench.port.state().state, 'signed-in');
  bench.switchProfile(Profile.parse({ id: 'other', title: 'Other', providers }));
  assert.equal(bench.port.state().state, 'signed-out');
  await bench.stop();
  assert.equal(idp.knowsAccess(token.reveal()), false);
});

test('offline access is left out where the provider refuses it', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  idp.fault('dv_no_offline');
  idp.fault('tk_no_refresh');
  const state = await signIn(bench, idp, clock);
  assert.equal(state.account?.renews, false);
  assert.equal(
    idp.calls.findLast(({ path }) => path === '/device')?.form.get('scope'),
    'openid profile'
  );
});
