import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problem } from '../../src/core/problem.ts';
import { ok, type Check, type Finding } from '../../src/doctor/port.ts';
import { writeReport } from '../../src/doctor/report.ts';
import { runChecks, worstOf } from '../../src/doctor/run-checks.ts';
import { testCall } from '../support/test-call.ts';

const check = (id: string, run: Check['run']): Check => ({ id, title: id, run });
const placeOf = (key: readonly (string | number)[]): string => `site.yaml, ${key.join('/')}`;
const found = (finding: Finding) => () => Promise.resolve(finding);

describe('self-check', () => {
  it('tells each check by itself, whatever the others do', async () => {
    const results = await runChecks(
      [
        check('a.fine', found(ok('Fine.'))),
        check('a.refused', () => Promise.reject(problem('upstream-error', 'It answered 500.'))),
        {
          ...check('a.named', () => Promise.reject(problem('upstream-error', 'It answered 500.'))),
          fieldOf: slug => ['stores', 0, slug ?? '']
        },
        check('a.broken', () => Promise.reject(new TypeError('x is undefined'))),
        check('a.deaf', () => new Promise(() => undefined)),
        check(
          'a.slow',
          call =>
            new Promise((_, reject) => {
              call.signal.addEventListener('abort', () => reject(new Error('aborted')));
            })
        ),
        check('a.worn', found({ state: 'warning', text: 'Worn.\nVery.', cure: 'Mend it.' }))
      ],
      testCall(),
      placeOf,
      50
    );
    assert.deepEqual(
      results.map(({ cure, id, state, text }) => [id, state, text, cure]),
      [
        ['a.fine', 'ok', 'Fine.', null],
        ['a.refused', 'failed', 'It answered 500.', null],
        ['a.named', 'failed', 'It answered 500. (site.yaml, stores/0/upstream-error)', null],
        [
          'a.broken',
          'unknown',
          'Not checked: the check itself failed. See companion.log in the state folder.',
          null
        ],
        ['a.deaf', 'failed', 'No answer within 0 s.', 'Check the network, then check again.'],
        ['a.slow', 'failed', 'No answer within 0 s.', 'Check the network, then check again.'],
        ['a.worn', 'warning', 'Worn. Very.', 'Mend it.']
      ]
    );
  });

  it('ends with its caller', async () => {
    const leave = new AbortController();
    const deaf = runChecks(
      [check('a.deaf', () => new Promise(() => undefined))],
      testCall(leave.signal),
      placeOf
    );
    leave.abort(new Error('left'));
    await assert.rejects(deaf, { message: 'left' });
  });

  it('is as bad as the worst of its checks', () => {
    assert.equal(worstOf([]), 'skipped');
    assert.equal(worstOf(['skipped', 'ok']), 'ok');
    assert.equal(worstOf(['ok', 'warning', 'skipped']), 'warning');
    assert.equal(worstOf(['failed', 'ok', 'warning', 'unknown']), 'failed');
    assert.equal(
      worstOf(['ok', 'unknown', 'skipped']),
      'unknown',
      'what is not known is not green'
    );
  });

  it('writes a report that names neither the person nor their home', () => {
    const head = { version: '1', node: 'v24', system: 'Linux', facility: 'demo', at: 'now' };
    const text =
      '/home/ada/x belongs to ada (not to adalbert); /srv/ada-data is full; "lovelace" has none.';
    const report = writeReport(
      head,
      [{ id: 'a.b', title: 'B', state: 'failed', text, cure: 'chmod 700 /home/ada/x', ms: 1 }],
      { home: '/home/ada', names: [undefined, 'ada', 'lovelace', null] }
    );
    assert.equal(
      report,
      [
        'jupyterlab-panosc 1 · Node v24 · Linux',
        'facility: demo · now',
        '',
        'FAILED   a.b: ~/x belongs to $USER (not to adalbert); /srv/ada-data is full; "$USER" has none.',
        '         → chmod 700 ~/x',
        ''
      ].join('\n')
    );
  });
});
