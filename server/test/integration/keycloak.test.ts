import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { ProviderProfile } from '../../src/facility/profile.ts';
import { signinBench, providerAt, type Bench } from '../signin/bench.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { recordingFetch } from '../support/recording-fetch.ts';

const idp = path.resolve(import.meta.dirname, '../../../../shared/idp');

function isInstalled(program: string, version: string): boolean {
  try {
    execFileSync(program, [version], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function reasonToSkip(): string | null {
  if (process.env['PANOSC_LONG'] !== '1') {
    return 'Keycloak runs only with PANOSC_LONG=1';
  }
  if (!existsSync(path.join(idp, 'idp-up.sh'))) {
    return 'the project’s Keycloak scripts (shared/idp) are not here';
  }
  if (!isInstalled('java', '-version') || !isInstalled('mvn', '-v')) {
    return 'Java or Maven is not installed';
  }
  return null;
}

/** A port whose neighbour is free as well: Keycloak's management listens there. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const one = createServer();
    await new Promise<void>(resolve => one.listen(0, '127.0.0.1', resolve));
    const { port } = one.address() as AddressInfo;
    const two = createServer();
    const isFree = await new Promise<boolean>(resolve => {
      two.once('error', () => resolve(false));
      two.listen(port + 1, '127.0.0.1', () => resolve(true));
    });
    await new Promise(resolve => one.close(resolve));
    if (isFree) {
      await new Promise(resolve => two.close(resolve));
      return port;
    }
  }
}

/** The project's robot: walks Keycloak's pages without a browser. */
interface Robot {
  approveDevice(
    address: string,
    user: string,
    password?: string,
    options?: { refuse?: boolean }
  ): Promise<unknown>;
}

/** Starts a sign-in, lets the robot answer, and waits for the end. */
async function signInBy(
  bench: Bench,
  clock: ManualClock,
  answer: (address: string) => Promise<unknown>
) {
  const pending = await bench.port.start('umbrella');
  await answer(pending.verificationUriComplete ?? '');
  await clock.skip();
  return bench.waitFor(({ state }) => state !== 'pending');
}

test('Keycloak: device grant, renewal, rotation, refusal and sign-out', async t => {
  const reason = reasonToSkip();
  if (reason !== null) {
    t.skip(reason);
    return;
  }
  const port = await twoFreePorts();
  const folder = mkdtempSync(path.join(tmpdir(), 'panosc-keycloak-'));
  const env = { ...process.env, IDP_DIR: folder, IDP_PORT: String(port), IDP_WAIT: '480' };
  const run = promisify(execFile);
  t.after(async () => {
    // In this order: the script finds the process by a file in the folder.
    const { stdout } = await run(path.join(idp, 'idp-down.sh'), { env });
    rmSync(folder, { recursive: true, force: true });
    assert.match(stdout, /^down/m, 'Keycloak was left running');
  });
  await run(path.join(idp, 'idp-up.sh'), { env });
  const robot = (await import(path.join(idp, 'robot.mjs'))) as Robot;
  const issuer = (realm: string): string => `http://127.0.0.1:${port}/realms/${realm}`;
  const benchFor = (step: TestContext, realm: string, change: Partial<ProviderProfile> = {}) => {
    const clock = new ManualClock();
    const { fetch, sent } = recordingFetch();
    const provider = providerAt(issuer(realm), change);
    const bench = signinBench(step, {
      providers: [provider],
      clock,
      fetch,
      timeoutMs: 60_000,
      profileDir: folder
    });
    return { bench, clock, sent };
  };
  const userinfo = async (realm: string, token: string): Promise<number> => {
    const answer = await fetch(`${issuer(realm)}/protocol/openid-connect/userinfo`, {
      headers: { authorization: `Bearer ${token}` }
    });
    return answer.status;
  };

  await t.test('a public client at a realm that rotates refresh tokens', async step => {
    const { bench, clock, sent } = benchFor(step, 'umbrella');
    const { state, account, problem } = await signInBy(bench, clock, address =>
      robot.approveDevice(address, 'alice')
    );
    assert.equal(state, 'signed-in', problem?.detail);
    assert.match(account?.name ?? '', /alice/i);
    assert.equal(account?.renews, true);
    const first = await bench.port.token('umbrella');
    assert.equal(await userinfo('umbrella', first.reveal()), 200);
    for (let round = 0; round < 2; round++) {
      clock.advance(3_600_000);
      await Promise.all(Array.from({ length: 10 }, () => bench.port.token('umbrella')));
    }
    const renewals = sent.filter(({ form }) => form.get('grant_type') === 'refresh_token');
    assert.equal(renewals.length, 2);
    assert.notEqual(renewals[0]?.form.get('refresh_token'), renewals[1]?.form.get('refresh_token'));
    const last = await bench.port.token('umbrella');
    assert.equal(await userinfo('umbrella', last.reveal()), 200);
    await bench.port.signOut();
    assert.equal(await userinfo('umbrella', last.reveal()), 401);
    assert.ok(!bench.logged.some(line => line.includes('could not be revoked')));
  });

  await t.test('a confidential client, and a name full of markup', async step => {
    writeFileSync(path.join(folder, 'client-secret'), 'companion-secret\n', { mode: 0o600 });
    const { bench, clock } = benchFor(step, 'egi', {
      device: { client_id: 'pan-companion', secret_file: 'client-secret' }
    });
    const { state, account, problem } = await signInBy(bench, clock, address =>
      robot.approveDevice(address, 'zoe')
    );
    assert.equal(state, 'signed-in', problem?.detail);
    assert.doesNotMatch(account?.name ?? '', /[\p{Cc}\u202a-\u202e]/u);
    clock.advance(24 * 3_600_000);
    await bench.port.token('umbrella');
    assert.ok(!bench.logged.join('').includes('companion-secret'));
  });

  await t.test('a person who says no', async step => {
    const { bench, clock } = benchFor(step, 'umbrella');
    const { state, problem } = await signInBy(bench, clock, address =>
      robot.approveDevice(address, 'alice', undefined, { refuse: true })
    );
    assert.equal(state, 'signed-out');
    assert.equal(problem?.type, '/problems/sign-in-denied');
  });

  await t.test('a client that nobody registered', async step => {
    const { bench } = benchFor(step, 'umbrella', { device: { client_id: 'nobody' } });
    await assert.rejects(bench.port.start('umbrella'), { slug: 'sign-in-failed' });
  });

  await t.test('a realm that does not exist', async step => {
    const { bench } = benchFor(step, 'no-such-realm');
    await assert.rejects(bench.port.start('umbrella'), {
      slug: 'sign-in-failed',
      message: /HTTP 404/
    });
  });
});
