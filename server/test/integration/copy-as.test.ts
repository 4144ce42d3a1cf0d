import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type {
  FacilityAddresses,
  ImagePage,
  Job,
  JobPreview,
  JobRequest,
  StartTransfer,
  Transfer,
  TransferListing
} from '#contract';
import { approve } from '../../../demo/approve.ts';
import { CERIA_PID, SILICON_PID } from '../../../demo/catalogue.ts';
import * as copyAs from '../../contract/copy-as/index.ts';
import type { CopyAs } from '../../contract/copy-as/command.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { ceria, CopyAsDemo, hasProgram, silicon, type Ended } from './copy-as-demo.ts';

const programs = ['curl', 'rclone', 'python3', 'bash'] as const;
const absent = new Set<string>(programs.filter(name => !hasProgram(name)));

/** The command under this name; it must be offered. */
function named(commands: readonly CopyAs[], label: string): CopyAs {
  const found = commands.find(command => command.label === label);
  assert.ok(found !== undefined, `${label} is not among ${commands.map(c => c.label).join(', ')}`);
  return found;
}

const programOf = (label: string): string =>
  label === 'Python' ? 'python3' : (label.split(' ')[0] ?? '');
const isAbsent = (label: string): boolean => absent.has(programOf(label));

/** Skips, visibly, what needs a program that is not here. */
function isSkipped(t: TestContext, label: string): boolean {
  if (isAbsent(label)) {
    t.skip(`${programOf(label)} is not installed`);
  }
  return isAbsent(label);
}

function succeeded({ code, stderr, stdout }: Ended, { text }: CopyAs): void {
  assert.equal(code, 0, `${text}\n${stdout}\n${stderr}`);
}

describe('each command of "Copy as", against the demo', () => {
  const root = tempDir('copy-as');
  let demo: CopyAsDemo;
  let addresses: FacilityAddresses;
  /** What `curl` at the sign-in has put into the variable. */
  let token = '';
  before(async () => {
    demo = await CopyAsDemo.start(root);
    addresses = await ask<FacilityAddresses>('GET', '/v1/facility/addresses');
  });
  after(() => demo.stop());

  const ask = async <T>(method: string, target: string, body?: unknown): Promise<T> => {
    const headers = { 'idempotency-key': randomUUID() };
    const answer = await demo.companion.ask<T>(method, target, { body, headers });
    assert.ok(answer.status < 300, `${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  it('signs in, and keeps the token out of every command line and of the text', async t => {
    const [provider] = addresses.providers;
    assert.ok(provider !== undefined);
    const commands = copyAs.signInCommands(provider, true);
    if (isSkipped(t, 'curl') || isSkipped(t, 'Python')) {
      return;
    }
    const command = named(commands, 'curl');
    const approved = until('the address', () =>
      /Open (\S+) and enter (\S+)/.exec(demo.said(command))
    ).then(async ([, address = '', code = '']) => {
      await approve(`${address}?user_code=${encodeURIComponent(code)}`);
    });
    const ended = await demo.run(command, {}, '\nprintf "token=%s" "$PANOSC_TOKEN"\n');
    await approved;
    succeeded(ended, command);
    token = /token=(\S+)$/.exec(ended.stdout)?.[1] ?? '';
    assert.notEqual(token, '');
  });

  it('ends, and holds no token, where the service does not answer', async t => {
    const [provider] = addresses.providers;
    assert.ok(provider !== undefined);
    if (isSkipped(t, 'curl') || isSkipped(t, 'Python')) {
      return;
    }
    const gone = { ...provider, issuer: 'http://127.0.0.1:9' };
    const { code } = await demo.run(named(copyAs.signInCommands(gone, true), 'curl'));
    assert.notEqual(code, 0);
  });

  it('signs in by the own command line', async () => {
    const [provider] = addresses.providers;
    assert.ok(provider !== undefined);
    const command = named(copyAs.signInCommands(provider, true), 'jupyter panosc');
    const approved = until('the address', () => /Open\s+(\S+)/.exec(demo.said(command))).then(
      ([, link = '']) => approve(link)
    );
    const ended = await demo.run(command);
    await approved;
    succeeded(ended, command);
  });

  for (const label of ['jupyter panosc', 'curl', 'Python']) {
    for (const words of ['silicon', `https://doi.org/${SILICON_PID}`, '', "no'such\n$(thing)"]) {
      it(`searches for ${JSON.stringify(words)}: ${label}`, async t => {
        if (isSkipped(t, label)) {
          return;
        }
        const command = named(copyAs.searchCommands(words, addresses), label);
        const ended = await demo.run(command);
        succeeded(ended, command);
        assert.equal(ended.stdout.includes(SILICON_PID), !words.includes('thing'), ended.stdout);
      });
    }
  }

  /** The folder holds these files with these bytes, and nothing else. */
  const assertFetched = (folder: string, names: readonly string[]): void => {
    assert.deepEqual(
      readdirSync(folder)
        .filter(name => !name.startsWith('.'))
        .sort(),
      [...names].sort()
    );
    for (const name of names) {
      const expected = demo.bytesOf.get(name);
      assert.ok(expected?.equals(readFileSync(path.join(folder, name))), name);
    }
  };

  const pulls: readonly (readonly [string, StartTransfer, readonly string[]])[] = [
    ['restricted data with checksums', { pid: SILICON_PID }, silicon],
    ['some of it', { pid: SILICON_PID, only: '-*' }, ['-rf.h5']],
    ['open data', { pid: CERIA_PID }, ceria]
  ];
  for (const [what, wish, names] of pulls) {
    // rclone is offered for open data alone.
    const rclone = wish.pid === CERIA_PID ? ['rclone'] : [];
    for (const label of ['jupyter panosc', 'curl', 'Python', ...rclone]) {
      it(`pulls ${what}: ${label}`, async t => {
        if (isSkipped(t, label)) {
          return;
        }
        const to = path.join(demo.facility.workDir, `it's ${label} & ${what}`);
        const listing = await ask<TransferListing>('POST', '/v1/transfers/listing', {
          ...wish,
          to
        });
        assert.ok(listing.isWhole);
        const command = named(copyAs.pullCommands({ ...wish, to }, { listing }), label);
        assert.ok(token === '' || !command.text.includes(token));
        const env = { PANOSC_TOKEN: token };
        succeeded(await demo.run(command, env), command);
        assertFetched(to, names);
        // Repeated, it ends as well and changes nothing.
        succeeded(await demo.run(command, env), command);
        assertFetched(to, names);
      });
    }
  }

  it('prints the same on the command line', async () => {
    const wish = { pid: CERIA_PID, to: path.join(demo.facility.workDir, 'printed') };
    const listing = await ask<TransferListing>('POST', '/v1/transfers/listing', wish);
    const commands = copyAs.pullCommands(wish, { listing });
    const own = named(commands, 'jupyter panosc');
    const printed = async (program: string): Promise<Ended> =>
      demo.run({ ...own, text: `${own.text.trimEnd()} --as ${program}\n` });
    for (const label of ['curl', 'rclone', 'Python']) {
      const { stdout } = await printed(label.toLowerCase());
      assert.equal(stdout, named(commands, label).text);
    }
    const { code, stderr } = await printed('wget');
    assert.equal(code, 2);
    assert.match(stderr, /--as is one of: jupyter panosc, curl, rclone, python/);
  });

  for (const label of ['curl', 'Python']) {
    it(`does not take damaged bytes for good: ${label}`, async t => {
      if (isSkipped(t, label)) {
        return;
      }
      const to = path.join(demo.facility.workDir, `damaged ${label}`);
      const wish = { pid: SILICON_PID, to };
      const listing = await ask<TransferListing>('POST', '/v1/transfers/listing', wish);
      const good = listing.files[0];
      assert.ok(good !== undefined);
      // Another file stands under its name.
      const files = listing.files.map(file => ({ ...file, url: good.url }));
      const command = named(copyAs.pullCommands(wish, { listing: { ...listing, files } }), label);
      const { code } = await demo.run(command, { PANOSC_TOKEN: token });
      assert.notEqual(code, 0);
    });

    it(`says what is missing where there is no token: ${label}`, async t => {
      if (isSkipped(t, label)) {
        return;
      }
      const wish = { pid: SILICON_PID, to: path.join(demo.facility.workDir, `without ${label}`) };
      const listing = await ask<TransferListing>('POST', '/v1/transfers/listing', wish);
      const command = named(copyAs.pullCommands(wish, { listing }), label);
      const { code, stderr } = await demo.run(command);
      assert.notEqual(code, 0);
      assert.match(stderr, /PANOSC_TOKEN/);
    });
  }

  it('repeats a transfer, and verifies it', async t => {
    const to = path.join(demo.facility.workDir, 'a transfer');
    const { id } = await ask<Transfer>('POST', '/v1/transfers', { pid: SILICON_PID, to });
    await until('the end of the transfer', async () => {
      const { state } = await ask<Transfer>('GET', `/v1/transfers/${id}`);
      return state === 'verified';
    });
    const listing = await ask<TransferListing>('GET', `/v1/transfers/${id}/listing`);
    assert.ok(listing.files.every(({ checksum }) => checksum !== null));
    const commands = copyAs.transferCommands({ id }, true, { listing });
    for (const command of commands.filter(({ label }) => label.startsWith('jupyter'))) {
      succeeded(await demo.run(command), command);
    }
    for (const label of ['curl', 'Python'].filter(name => !isAbsent(name))) {
      rmSync(to, { recursive: true });
      const command = named(commands, label);
      succeeded(await demo.run(command, { PANOSC_TOKEN: token }), command);
      assertFetched(to, silicon);
    }
    if (absent.size > 0) {
      t.diagnostic(`not installed: ${[...absent].join(', ')}`);
    }
  });

  it('asks for an image, and runs in it', async t => {
    const { items } = await ask<ImagePage>('GET', '/v1/images?q=powder');
    const [image] = items;
    assert.ok(image !== undefined);
    for (const command of copyAs.imageCommands(image)) {
      if (absent.has('python3') && command.label === 'Python') {
        t.diagnostic('python3 is not installed');
        continue;
      }
      const ended = await demo.run(command);
      succeeded(ended, command);
      if (command.label !== 'jupyter panosc') {
        assert.ok(ended.stdout.includes(image.mountPath), ended.stdout);
      }
      if (command.label === 'apptainer exec' || command.label === 'Python') {
        assert.ok(ended.stdout.includes(readFileSync('/etc/os-release', 'utf8')), ended.stdout);
      }
    }
  });

  it('runs a job without a batch system, follows it, and runs it in its image', async () => {
    const workdir = path.join(demo.facility.workDir, 'job folder (1)');
    const { items } = await ask<ImagePage>('GET', '/v1/images?q=powder');
    const image = items.find(({ linkTo }) => linkTo === null)?.ref ?? '';
    const request: JobRequest = {
      name: 'hello',
      script: '#!/bin/bash\necho "in $(pwd): it\'s $((6 * 7))"\n',
      workdir,
      binds: []
    };
    await demo.makeFolder(workdir);
    for (const wish of [request, { ...request, image }]) {
      const { script } = await ask<JobPreview>('POST', '/v1/jobs/preview', wish);
      for (const command of copyAs.newJobCommands(wish, script, false)) {
        const ended = await demo.run(command);
        succeeded(ended, command);
        const says =
          command.label === 'jupyter panosc' ? /hello/ : /in .*job folder \(1\): it's 42/;
        assert.match(ended.stdout, says, command.text);
      }
    }
    const job = await until('the end of the job', async () => {
      const jobs = await ask<{ items: Job[] }>('GET', '/v1/jobs');
      return jobs.items.find(({ state }) => state === 'completed');
    });
    const commands = copyAs.jobCommands(job, { isBatch: false, isFinished: true });
    assert.ok(!commands.some(({ label }) => label.includes('cancel')));
    for (const command of commands) {
      const ended = await demo.run(command);
      succeeded(ended, command);
      if (command.label === 'tail' || command.label.endsWith('log')) {
        assert.match(ended.stdout, /it's 42/);
      }
    }
  });

  it('asks for GPUs, and for the self-check', async () => {
    for (const command of copyAs.gpuCommands(false)) {
      succeeded(await demo.run(command), command);
    }
    for (const command of copyAs.selfCheckCommands()) {
      const { code, stdout } = await demo.run(command);
      // The exit code is that of a probe: 1 says "look at it".
      assert.ok(code === 0 || code === 1, stdout);
      assert.ok(stdout.length > 0);
    }
  });
});
