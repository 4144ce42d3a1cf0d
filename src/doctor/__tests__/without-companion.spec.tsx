import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import { asProblem, ProblemError } from '../../companion/problem-error.ts';
import { problemFromResponse } from '../../companion/problem-response.ts';
import type { Problem } from '../../contract/problem.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { TransContext } from '../../ui/translation.ts';
import { createDoctorTab } from '../doctor-tab.tsx';
import { doctorWithout } from '../without-companion.ts';

const trans = nullTranslator.load('jupyterlab_panosc');

/** What screen readers are told without being asked. */
const statuses = (): string =>
  screen
    .getAllByRole('status')
    .map(({ textContent }) => textContent)
    .join(' ');

/** What the browser makes of an answer that is not the companion's. */
async function answered(status: number, body?: Partial<Problem>): Promise<Problem> {
  const headers = { 'content-type': body === undefined ? 'text/html' : 'application/problem+json' };
  const text = body === undefined ? '<html>' : JSON.stringify({ status, title: 'T', ...body });
  return (await problemFromResponse(new Response(text, { status, headers }), trans)).problem;
}

const relay = (slug: string, detail: string, status = 503): Promise<Problem> =>
  answered(status, { type: `/problems/${slug}`, detail });

async function show(problem: Problem): Promise<FakeCompanion> {
  const companion = new FakeCompanion();
  companion.answers['GET doctor'] = () => {
    throw new ProblemError(problem);
  };
  await act(async () => {
    render(
      <TransContext.Provider value={trans}>{createDoctorTab(companion)}</TransContext.Provider>
    );
    await Promise.resolve();
  });
  return companion;
}

function stateOf(title: string): string {
  const item = screen
    .getAllByRole('listitem')
    .find(each => within(each).queryByText(title, { exact: true }) !== null);
  return item?.getAttribute('data-state') ?? 'absent';
}

/** Everything that only the companion can look at. */
const behind = [
  'Facility profile',
  'Sign-in service',
  'Catalogue',
  'Stores',
  'Cluster and accounts',
  'CVMFS repositories',
  'Apptainer',
  'User namespaces',
  'Clock',
  'Proxy'
];
const links = [
  'Jupyter server',
  'Server part of the extension',
  'Node',
  'State folder',
  'Companion'
];

describe('field request 6: the self-check says what is wrong when the server side is missing', () => {
  it.each([
    [
      'the Jupyter server has gone',
      () => Promise.resolve(asProblem(new TypeError('Failed to fetch'), trans)),
      'Jupyter server',
      /The Jupyter server does not answer\./,
      /Check that it still runs/,
      []
    ],
    [
      'the Jupyter session has ended',
      () => answered(403),
      'Jupyter server',
      /does not know you any more\./,
      /Reload the page and sign in to Jupyter again/,
      []
    ],
    [
      'the relay is not loaded',
      () => answered(404),
      'Server part of the extension',
      /The server part is missing\./,
      /Restart Jupyter: it has not loaded .*jupyter server extension list/,
      ['Jupyter server']
    ],
    [
      'there is no Node',
      () => relay('no-node', 'Node 22.19 or newer is needed, but there is none.'),
      'Node',
      /Node 22\.19 or newer is needed/,
      /nothing has to be restarted/,
      ['Jupyter server', 'Server part of the extension']
    ],
    [
      'the state folder cannot be used',
      () => relay('state-folder', 'The state folder /srv/x cannot be used.'),
      'State folder',
      /\/srv\/x cannot be used/,
      /writable/,
      ['Jupyter server', 'Server part of the extension']
    ],
    [
      'the companion cannot start',
      () => relay('companion-failed', 'The companion ended: SyntaxError.'),
      'Companion',
      /The companion ended: SyntaxError/,
      /companion\.log/,
      ['Jupyter server', 'Server part of the extension']
    ],
    [
      'the companion runs elsewhere',
      () => relay('companion-elsewhere', 'Your companion runs on node7.'),
      'Companion',
      /runs on node7/,
      /on the other machine/,
      ['Jupyter server', 'Server part of the extension']
    ]
  ] as const)('%s', async (...[, problem, broken, cause, cure, fine]) => {
    await show(await problem());
    const item = screen
      .getAllByRole('listitem')
      .find(each => each.getAttribute('data-state') === 'failed');
    expect(item).toBe(screen.getAllByRole('listitem')[0]);
    expect(within(item as HTMLElement).getByText(broken)).toBeTruthy();
    expect(within(item as HTMLElement).getByText('broken')).toBeTruthy();
    expect(item?.textContent).toMatch(cause);
    expect(item?.textContent).toMatch(cure);
    expect(statuses()).toContain('One thing is broken.');
    for (const title of links.filter(title => title !== broken)) {
      expect([title, stateOf(title)]).toEqual([
        title,
        (fine as readonly string[]).includes(title) ? 'ok' : 'unknown'
      ]);
    }
    for (const title of behind) {
      expect([title, stateOf(title)]).toEqual([title, 'unknown']);
    }
    expect(screen.getByRole('button', { name: 'Copy the report' })).toBeTruthy();
    expect(document.querySelector('pre')?.textContent).toMatch(cause);
  });

  it('becomes the whole self-check as soon as the companion answers', async () => {
    const companion = await show(await answered(404));
    companion.answers['GET doctor'] = () => ({
      state: 'ok',
      at: '2026-11-24T10:00:00Z',
      report: 'all',
      checks: [{ id: 'a.b', title: 'Good', state: 'ok', text: 'Fine.', cure: null, ms: 1 }]
    });
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Look again' }));
      await Promise.resolve();
    });
    expect(stateOf('Good')).toBe('ok');
    expect(stateOf('Server part of the extension')).toBe('absent');
  });

  it('writes a report without homes and names', () => {
    const detail = 'The state folder /home/ada/.local/state cannot be used.';
    const problem = fakeProblem({ type: '/problems/state-folder', detail, instance: 'r_1' });
    const { report } = doctorWithout(problem, '2026-11-24T10:00:00Z', trans);
    expect(report).toContain('/problems/state-folder · 500 · r_1 · 2026-11-24T10:00:00Z');
    expect(report).toContain('FAILED   machine.state-folder: The state folder ~/.local/state');
    expect(report).toContain('unknown  jobs: Not checked: this must work first: State folder.');
    expect(report).not.toContain('ada');
  });
});
