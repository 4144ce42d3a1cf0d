import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { namespaces } from '../../src/doctor/checks/namespaces.ts';
import type { Finding } from '../../src/doctor/port.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testCall } from '../support/test-call.ts';

/** Whether a kernel switch, which is looked at first, decides on this machine. */
function isSwitchedOff(): boolean {
  try {
    return readFileSync('/proc/sys/user/max_user_namespaces', 'utf8').trim() === '0';
  } catch {
    return false;
  }
}

it('user namespaces are made, not believed in', async t => {
  if (process.platform !== 'linux' || isSwitchedOff()) {
    t.skip('this kernel has none');
    return;
  }
  const bin = tempDir('unshare');
  const look = (): Promise<Finding> =>
    namespaces({ surroundings: { home: '/', env: { PATH: bin } } }).run(testCall());
  assert.deepEqual(await look(), {
    state: 'unknown',
    text: 'Not checked: the program "unshare" is not there to make one.'
  });
  const program = (lines: string): void =>
    writeFileSync(path.join(bin, 'unshare'), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  program('exit 0');
  assert.equal((await look()).state, 'ok');
  program('echo "unshare: unshare failed: Operation not permitted" >&2; exit 1');
  const refused = await look();
  assert.equal(refused.state, 'warning');
  assert.match(refused.text, /Operation not permitted/);
  assert.match(refused.cure ?? '', /setuid/);
});
