import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { SigninState } from '#contract';
import { tempDir } from '../support/temp-dir.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { hostileIdp, providerAt, signIn, signinBench, type Answer } from './bench.ts';

const stateOf = ({ text }: Answer): SigninState => SigninState.parse(JSON.parse(text));

test('no token, code or verifier leaves the process, whatever goes right or wrong', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  const answers: string[] = [];
  const ask = async (method: string, route: string, body?: object): Promise<Answer> => {
    const answer = await bench.ask(method, route, body);
    answers.push(answer.text, answer.headers);
    return answer;
  };
  const errors: string[] = [];
  const note = (error: unknown): void => {
    errors.push(inspect(error, { depth: 10, showHidden: true }));
  };

  await ask('POST', '/signin', { provider: 'umbrella' });
  await ask('GET', '/signin');
  await ask('DELETE', '/signin/pending');
  for (const fault of ['dv_echo', 'tk_newline', 'tk_html', 'id_bad_sig', 'ui_401'] as const) {
    idp.fault(fault, 1);
    const started = await ask('POST', '/signin', { provider: 'umbrella' });
    idp.approve(stateOf(started).pending?.userCode ?? '');
    await clock.skip();
    if (fault === 'tk_html') {
      await clock.skip();
    }
    await bench.waitFor(({ state }) => state !== 'pending');
    await ask('GET', '/signin');
  }
  assert.equal(bench.port.state().state, 'signed-in');
  const token = await bench.port.token('umbrella');
  for (const fault of ['rf_500', 'tk_drop', 'rf_no_new', 'rf_invalid_grant'] as const) {
    clock.advance(3600_000);
    idp.fault(fault, 1);
    await bench.port.token('umbrella').catch(note);
    await ask('GET', '/signin');
  }
  assert.equal(bench.port.state().state, 'needs-you');
  await signIn(bench, idp, clock);
  idp.fault('rv_503');
  await ask('POST', '/signout');
  await bench.stop();

  const outside = [
    ...answers,
    ...errors,
    ...bench.logged,
    ...bench.seen.map(seen => JSON.stringify(seen)),
    inspect(bench.port, { depth: 10, showHidden: true }),
    inspect(token, { showHidden: true }),
    JSON.stringify({ token }),
    String(token),
    bench.stored()
  ].join('\n');
  assert.ok(idp.secrets.length > 20);
  assert.ok(idp.secrets.some(secret => secret === token.reveal()));
  assert.ok(
    bench.logged.some(line => line.includes('"level":20')),
    'debug lines are looked at too'
  );
  for (const secret of new Set(idp.secrets)) {
    assert.ok(secret.length > 20);
    assert.ok(!outside.includes(secret), `leaked: ${secret.slice(0, 14)}…`);
  }
  assert.ok(!outside.includes('CANARY-'));
});

test('after a restart nobody is signed in, and whoever resumes the events learns it', async t => {
  const idp = await hostileIdp(t);
  const stateDir = tempDir('signin-restart');
  const clock = new ManualClock();
  const providers = [providerAt(idp.issuer)];
  const first = signinBench(t, { providers, clock, stateDir });
  assert.deepEqual(first.seen, [], 'a first start has nothing to say');
  await signIn(first, idp, clock);

  // Killed: nothing was told to stop, and the database is opened by the next process.
  const second = signinBench(t, { providers, clock, stateDir });
  assert.equal(second.port.state().state, 'signed-out');
  await assert.rejects(second.port.token('umbrella'), { slug: 'sign-in-needed' });
  assert.equal(second.stored().includes('CANARY-'), false);
  await second.port.start('umbrella');
  assert.deepEqual(
    second.seen.map(({ state }) => state),
    ['signed-out', 'pending']
  );
});

test('the routes say where a sign-in stands', async t => {
  const idp = await hostileIdp(t);
  const clock = new ManualClock();
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)], clock });
  assert.equal(stateOf(await bench.ask('GET', '/signin')).state, 'signed-out');

  const started = await bench.ask('POST', '/signin', { provider: 'umbrella' });
  assert.equal(started.status, 202);
  assert.equal(stateOf(started).state, 'pending');
  assert.notEqual(stateOf(started).pending, null);
  assert.equal(stateOf(await bench.ask('DELETE', '/signin/pending')).state, 'signed-out');

  await bench.ask('POST', '/signin', { provider: 'umbrella' });
  idp.approve(bench.port.state().pending?.userCode ?? '');
  await clock.skip();
  await bench.waitFor(({ state }) => state === 'signed-in');
  assert.equal(stateOf(await bench.ask('GET', '/signin')).account?.name, 'Alice Liddell');
  // Answered before the provider has: it may be slow.
  assert.equal(stateOf(await bench.ask('POST', '/signout')).state, 'signed-out');
  await bench.stop();
  assert.equal(idp.count('/revoke'), 2);
});

test('a wrong request is refused in words', async t => {
  const idp = await hostileIdp(t);
  const bench = signinBench(t, { providers: [providerAt(idp.issuer)] });
  for (const body of [{}, { provider: 7 }, { provider: '' }, { provider: 'umbrella', more: 1 }]) {
    assert.equal((await bench.ask('POST', '/signin', body)).status, 400);
  }
  const unknown = await bench.ask('POST', '/signin', { provider: '<b>x</b>' });
  assert.equal(unknown.status, 409);
  assert.match(unknown.headers, /application\/problem\+json/);
  idp.fault('disc_500');
  const down = await bench.ask('POST', '/signin', { provider: 'umbrella' });
  assert.equal(down.status, 502);
  assert.match(down.text, /UmbrellaID reports an error of its own/);
  assert.deepEqual(idp.count('/device'), 0);
});
