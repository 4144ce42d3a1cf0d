import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { childEnv, runCommand } from '../../src/core/run-command.ts';

const env = childEnv({
  PATH: process.env['PATH'],
  HOME: '/nowhere',
  JUPYTERHUB_API_TOKEN: 'canary',
  PANOSC_X: 'canary'
});

describe('run-command', () => {
  it('passes on nothing but the allow-list', async () => {
    const { stdout } = await runCommand(['env'], { env, timeoutMs: 5000 });
    assert.doesNotMatch(stdout, /canary/);
    assert.match(stdout, /^HOME=\/nowhere$/m);
  });

  it('hands arguments over as they are: no shell', async () => {
    const nasty = ['$(id)', '`id`', '; id', '*', "'", '"', '\n', '-n'];
    const { stdout } = await runCommand(['printf', '%s|', '--', ...nasty], {
      env,
      timeoutMs: 5000
    });
    assert.equal(stdout, ['--', ...nasty].map(text => `${text}|`).join(''));
  });

  it('gives any exit code back, and both streams', async () => {
    const result = await runCommand(['sh', '-c', 'echo out; echo err >&2; exit 7'], {
      env,
      timeoutMs: 5000
    });
    assert.deepEqual(result, { exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it('says which program is missing', async () => {
    await assert.rejects(runCommand(['no-such-program-here'], { env, timeoutMs: 5000 }), {
      slug: 'scheduler-missing',
      message: /no-such-program-here/
    });
  });

  it('ends a program that does not answer in time', async () => {
    await assert.rejects(runCommand(['sleep', '60'], { env, timeoutMs: 100 }), {
      slug: 'scheduler-slow'
    });
  });

  it('refuses an endless answer', async () => {
    await assert.rejects(runCommand(['yes'], { env, timeoutMs: 10_000, maxChars: 10_000 }), {
      slug: 'scheduler-error'
    });
  });

  it('stops when its caller stops', async () => {
    const controller = new AbortController();
    const running = runCommand(['sleep', '60'], {
      env,
      timeoutMs: 60_000,
      signal: controller.signal
    });
    controller.abort(new Error('the caller has gone'));
    await assert.rejects(running, { message: 'the caller has gone' });
  });
});
