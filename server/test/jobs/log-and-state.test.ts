import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JobState } from '#contract';
import { isOwnFile, logFile, whyNot, writeScript } from '../../src/jobs/job-files.ts';
import { readLog } from '../../src/jobs/read-log.ts';
import { isFinished, nextState } from '../../src/jobs/state.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir('log');
const file = path.join(folder, 'job.out');

describe('reading a log', () => {
  it('gives the whole text in parts, however it is cut while it grows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.array(fc.nat(200), { maxLength: 5 }),
        async (text, cuts) => {
          const bytes = Buffer.from(text.toWellFormed());
          let offset = 0;
          let shown = '';
          for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
            writeFileSync(file, bytes.subarray(0, cut));
            const part = await readLog(file, offset, false);
            assert.equal(part.complete, false);
            shown += part.text;
            offset = part.next;
          }
          const last = await readLog(file, offset, true);
          assert.ok(last.complete);
          assert.equal(shown + last.text, text.toWellFormed());
        }
      )
    );
  });

  it('gives at most 256 KiB at once, and all of it in the end', async () => {
    writeFileSync(file, '€'.repeat(200_000));
    let offset = 0;
    let parts = 0;
    let length = 0;
    for (;;) {
      const part = await readLog(file, offset, true);
      assert.ok(part.next - offset <= 256 * 1024);
      assert.ok(!part.text.includes('\ufffd'));
      length += part.text.length;
      parts += 1;
      offset = part.next;
      if (part.complete) {
        break;
      }
    }
    assert.equal(length, 200_000);
    assert.equal(parts, 3);
  });

  it('shows bytes that are no text, and stays where a file has become shorter', async () => {
    writeFileSync(file, Buffer.from([0x61, 0xff, 0xfe, 0x62]));
    assert.equal((await readLog(file, 0, true)).text, 'a\ufffd\ufffdb');
    assert.deepEqual(await readLog(file, 100, false), {
      text: '',
      next: 100,
      size: 4,
      complete: false
    });
  });

  it('follows no link, waits at no pipe, and takes a missing log for an empty one', async () => {
    const link = path.join(folder, 'link');
    symlinkSync('/etc/passwd', link);
    const pipe = path.join(folder, 'pipe');
    execFileSync('/usr/bin/mkfifo', [pipe]);
    for (const place of [link, pipe, folder, path.join(folder, 'none')]) {
      assert.deepEqual(await readLog(place, 0, true), {
        text: '',
        next: 0,
        size: null,
        complete: true
      });
    }
  });

  it('does not leave the job’s folder', () => {
    const workdir = path.join(folder, 'work');
    mkdirSync(workdir);
    symlinkSync('/etc', path.join(workdir, '.panosc'));
    assert.throws(() => logFile(path.join(workdir, '.panosc/x'), workdir, 'out'), {
      slug: 'path-not-allowed'
    });
  });
});

describe('files of a job', () => {
  it('a result is a file in the folder, not a link out of it', () => {
    const workdir = path.join(folder, 'result');
    mkdirSync(workdir);
    writeFileSync(path.join(workdir, 'a.png'), '');
    symlinkSync('/etc/passwd', path.join(workdir, 'b.png'));
    symlinkSync('/etc', path.join(workdir, 'out'));
    assert.ok(isOwnFile(workdir, 'a.png'));
    for (const name of ['b.png', 'out/passwd', 'none', '.']) {
      assert.ok(!isOwnFile(workdir, name), name);
    }
  });

  it('the sentence of a node is one line of text', () => {
    writeFileSync(path.join(folder, 'why-not'), 'No image.\u202e\u0007\nx');
    assert.equal(whyNot(folder), 'No image. x');
    assert.equal(whyNot(path.join(folder, 'none')), null);
  });
});

describe('the state of a job', () => {
  const anyState = fc.constantFrom(...JobState.options);

  it('stays once it has ended, and never goes back to being submitted', () => {
    fc.assert(
      fc.property(anyState, fc.array(fc.option(anyState), { maxLength: 20 }), (start, seen) => {
        let state: JobState = start;
        for (const next of seen.filter(now => now !== 'submitting')) {
          const before = state;
          state = nextState(state, next);
          if (isFinished(before)) {
            assert.equal(state, before);
          }
          if (before !== 'submitting') {
            assert.notEqual(state, 'submitting');
          }
        }
      })
    );
  });

  it('follows the scheduler, also back into the queue; what it does not know changes nothing', () => {
    assert.equal(nextState('running', 'queued'), 'queued');
    assert.equal(nextState('running', 'unknown'), 'running');
    assert.equal(nextState('running', null), 'running');
    assert.equal(nextState('completed', 'running'), 'completed');
  });
});

it('writes no script through a link that leads out of the job’s folder', async () => {
  const workdir = tempDir('linked');
  const elsewhere = tempDir('elsewhere');
  symlinkSync(elsewhere, path.join(workdir, '.panosc'));
  const folder = path.join(workdir, '.panosc', 'j_a');
  await assert.rejects(writeScript(folder, path.join(folder, 'script.sh'), '#!/bin/bash\n'), {
    slug: 'path-not-allowed'
  });
  assert.deepEqual(readdirSync(elsewhere), []);
});
