import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import type { CheckResult, Doctor } from '../../contract/doctor.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { ProblemError } from '../../companion/problem-error.ts';
import { TransContext } from '../../ui/translation.ts';
import { createDoctorTab } from '../doctor-tab.tsx';

const trans = nullTranslator.load('jupyterlab_panosc');

/** What screen readers are told without being asked. */
const statuses = (): string =>
  screen
    .getAllByRole('status')
    .map(({ textContent }) => textContent)
    .join(' ');

function check(given: Partial<CheckResult>): CheckResult {
  return { id: 'a.b', title: 'B', state: 'ok', text: 'Fine.', cure: null, ms: 1, ...given };
}

function doctor(checks: readonly CheckResult[]): Doctor {
  return { state: 'ok', at: '2026-11-24T10:00:00Z', checks: [...checks], report: 'the report\n' };
}

async function show(companion: FakeCompanion): Promise<void> {
  await act(async () => {
    render(
      <TransContext.Provider value={trans}>{createDoctorTab(companion)}</TransContext.Provider>
    );
    await Promise.resolve();
  });
}

describe('self-check', () => {
  it('shows the worst first, with its state in words and its cure', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET doctor'] = () =>
      doctor([
        check({ id: 'a.ok', title: 'Good' }),
        check({ id: 'a.skip', title: 'Absent', state: 'skipped' }),
        check({ id: 'a.worn', title: 'Worn', state: 'warning' }),
        check({
          id: 'a.bad',
          title: 'Bad',
          state: 'failed',
          text: 'It is off.',
          cure: 'Turn it on.'
        })
      ]);
    await show(companion);
    const items = screen.getAllByRole('listitem');
    expect(items.map(item => within(item).getByText(/Good|Absent|Worn|Bad/).textContent)).toEqual([
      'Bad',
      'Worn',
      'Good',
      'Absent'
    ]);
    expect(items[0]?.textContent).toContain('broken');
    expect(items[0]?.textContent).toContain('Turn it on.');
    expect(statuses()).toContain('One thing is broken.');
    expect(screen.getByText('the report')).toBeTruthy();
  });

  it.each([
    [['ok', 'skipped'], 'Everything is in order.'],
    [['warning', 'ok', 'warning'], 'It works. Look at 2 things.'],
    [['failed', 'warning', 'failed'], '2 things are broken.']
  ] as const)('says of %p: %s', async (states, words) => {
    const companion = new FakeCompanion();
    companion.answers['GET doctor'] = () =>
      doctor(states.map((state, index) => check({ id: `a.${index}`, state })));
    await show(companion);
    expect(statuses()).toContain(words);
  });

  it('looks again when asked, and keeps what it knew when that fails', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET doctor'] = () => doctor([check({ title: 'Good' })]);
    await show(companion);
    companion.answers['GET doctor'] = () => {
      throw new ProblemError(fakeProblem({ detail: 'The companion is gone.', action: 'retry' }));
    };
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Look again' }));
      await Promise.resolve();
    });
    expect(screen.getByRole('alert').textContent).toContain('The companion is gone.');
    expect(screen.getByText('Good')).toBeTruthy();
    expect(companion.requests.filter(({ path }) => path === 'doctor')).toHaveLength(2);
  });
});
