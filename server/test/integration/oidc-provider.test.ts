import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approve } from '../../../demo/approve.ts';
import { startSignInService } from '../../../demo/sign-in-service.ts';
import { signinBench, providerAt } from '../signin/bench.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordingFetch } from '../support/recording-fetch.ts';

test('a real provider (npm oidc-provider) signs a person in, renews with rotation, and revokes', async t => {
  const service = await startSignInService(0);
  t.after(() => service.close());
  const clock = new ManualClock();
  const { fetch, sent } = recordingFetch();
  const provider = providerAt(service.issuer, { device: { client_id: 'jupyterlab-panosc' } });
  const bench = signinBench(t, { providers: [provider], clock, fetch });

  const pending = await bench.port.start('umbrella');
  await clock.skip();
  await clock.nextDue();
  assert.equal(bench.port.state().state, 'pending', 'nobody has approved yet');
  await approve(pending.verificationUriComplete ?? '');
  await clock.skip();
  const { state, account, problem } = await bench.waitFor(now => now.state !== 'pending');
  assert.equal(state, 'signed-in', problem?.detail);
  assert.equal(account?.name, 'Ada Lovelace');
  assert.equal(account.renews, true);
  const first = await bench.port.token('umbrella');
  assert.equal(await service.isTokenValid(first.reveal()), true);

  const challenge = sent.find(({ form }) => form.has('code_challenge'))?.form.get('code_challenge');
  const verifier = sent.find(({ form }) => form.has('code_verifier'))?.form.get('code_verifier');
  assert.notEqual(verifier, undefined);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier ?? ''));
  assert.equal(Buffer.from(digest).toString('base64url'), challenge);

  for (let round = 0; round < 3; round++) {
    clock.advance(600_000);
    const [one, two] = await Promise.all([
      bench.port.token('umbrella'),
      bench.port.token('umbrella')
    ]);
    assert.equal(one.reveal(), two.reveal());
    assert.equal(await service.isTokenValid(one.reveal()), true);
  }
  const renewals = sent.filter(({ form }) => form.get('grant_type') === 'refresh_token');
  assert.equal(renewals.length, 3);
  const spent = renewals.map(({ form }) => form.get('refresh_token') ?? '');
  assert.equal(new Set(spent).size, 3, 'each renewal used the newest refresh token');

  const last = await bench.port.token('umbrella');
  await bench.port.signOut();
  assert.equal(await service.isTokenValid(last.reveal()), false);
  const revoked = sent.filter(({ path }) => path.endsWith('/revocation'));
  assert.deepEqual(
    revoked.map(({ form }) => form.get('token_type_hint')),
    ['refresh_token', 'access_token']
  );

  const outside = [
    ...bench.logged,
    ...bench.seen.map(seen => JSON.stringify(seen)),
    bench.stored()
  ];
  for (const secret of [...spent, verifier ?? '', first.reveal(), last.reveal()]) {
    assert.ok(!outside.join('\n').includes(secret));
  }
});

test('a real provider notices a spent refresh token, and the person is asked once', async t => {
  const service = await startSignInService(0);
  t.after(() => service.close());
  const clock = new ManualClock();
  const { fetch, sent } = recordingFetch();
  const provider = providerAt(service.issuer, { device: { client_id: 'jupyterlab-panosc' } });
  const bench = signinBench(t, { providers: [provider], clock, fetch });
  const pending = await bench.port.start('umbrella');
  await approve(pending.verificationUriComplete ?? '');
  await clock.skip();
  await bench.waitFor(now => now.state === 'signed-in');
  clock.advance(600_000);
  await bench.port.token('umbrella');

  // A thief uses the refresh token that was just spent: the provider ends the whole family (RFC 9700 §4.14).
  const spent = sent.find(({ form }) => form.get('grant_type') === 'refresh_token');
  const theft = await globalThis.fetch(`${service.issuer}${spent?.path ?? ''}`, {
    method: 'POST',
    body: spent?.form ?? null
  });
  assert.equal(theft.status, 400);
  clock.advance(600_000);
  await assert.rejects(bench.port.token('umbrella'), { slug: 'sign-in-needed' });
  await assert.rejects(bench.port.token('umbrella'), { slug: 'sign-in-needed' });
  assert.equal(sent.filter(({ form }) => form.get('grant_type') === 'refresh_token').length, 2);
  assert.equal(bench.port.state().state, 'needs-you');
});
