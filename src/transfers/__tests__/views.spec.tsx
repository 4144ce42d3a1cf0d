import { Notification } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ProblemError } from '../../companion/problem-error.ts';
import { fakeProblem } from '../../testing/fake-companion.ts';
import { fakeTransfer } from '../../testing/fake-transfer.ts';
import { setUp } from './set-up.ts';

const elsewhere = fakeProblem({
  type: '/problems/other-facility',
  status: 409,
  detail: 'This belongs to another facility.',
  action: 'fix-input'
});
const signInProblem = fakeProblem({ detail: 'Sign in to go on.', action: 'sign-in' });

describe('the section Transfers', () => {
  const show = async ({ views }: ReturnType<typeof setUp>): Promise<void> =>
    act(async () => void render(views.section().render()));

  it('says what will appear here', async () => {
    await show(setUp());
    expect(screen.getByText(/What you pull appears here/)).toBeTruthy();
  });

  it('shows progress that comes by events', async () => {
    const parts = setUp();
    await show(parts);
    act(() => parts.companion.emit('transfer', fakeTransfer()));
    expect(screen.getByRole('row').textContent).toContain('61 % · 3 min');
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('61');
  });

  it('says why a pull waits', async () => {
    const parts = setUp();
    const notice = 'At most 2 of your pulls run at once here.';
    await show(parts);
    act(() => parts.companion.emit('transfer', fakeTransfer({ state: 'queued', notice })));
    expect(screen.getByRole('row').textContent).toContain(notice);
  });

  it('tells verified from as sent by words and marks', async () => {
    const parts = setUp();
    parts.companion.answers['GET transfers'] = () => ({
      items: [
        fakeTransfer({ id: 't_2', state: 'verified' }),
        fakeTransfer({ id: 't_1', state: 'as-sent' })
      ],
      cursor: null
    });
    await show(parts);
    const [verified, asSent] = screen.getAllByRole('row');
    expect(verified?.textContent).toContain('verified ✓');
    expect(asSent?.textContent).not.toContain('✓');
    expect(asSent?.textContent).toContain('no checksum →');
  });

  it.each([
    ['needs-you', signInProblem, 'Sign in', 'panosc-signin:start'],
    ['needs-you', elsewhere, 'Choose facility', 'panosc-facility:choose'],
    [
      'needs-you',
      { ...elsewhere, type: '/problems/no-profile' },
      'Choose facility',
      'panosc-facility:choose'
    ],
    ['needs-you', fakeProblem({ action: 'retry' }), 'Retry', 'retry'],
    ['failed', fakeProblem({ action: 'retry' }), 'Retry', 'retry'],
    ['running', null, 'Cancel', 'cancel'],
    ['cancelled', null, 'Pull again', 'retry']
  ] as const)('%s has the button %p', async (state, problem, label, verb) => {
    const parts = setUp();
    const transfer = fakeTransfer({ state, problem });
    parts.companion.answers['GET transfers'] = () => ({ items: [transfer], cursor: null });
    parts.companion.answers[`POST transfers/t_1/${verb}`] = () => transfer;
    await show(parts);
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: label })));
    if (verb.startsWith('panosc-')) {
      expect(parts.executed.map(([command]) => command)).toEqual([verb]);
    } else {
      expect(parts.companion.requests.at(-1)?.path).toBe(`transfers/t_1/${verb}`);
    }
  });

  it('drops the second click of a double click, which was not meant for what is there now', async () => {
    const parts = setUp();
    parts.companion.answers['GET transfers'] = () => ({ items: [fakeTransfer()], cursor: null });
    parts.companion.answers['POST transfers/t_1/cancel'] = () =>
      fakeTransfer({ state: 'cancelled' });
    await show(parts);
    const cancel = screen.getByRole('button', { name: 'Cancel' });
    await act(async () => void fireEvent.click(cancel, { detail: 1 }));
    const again = screen.getByRole('button', { name: 'Pull again' });
    await act(async () => void fireEvent.click(again, { detail: 2 }));
    await act(async () => void fireEvent.doubleClick(again));
    expect(parts.companion.requests.at(-1)?.path).toBe('transfers/t_1/cancel');
    expect(parts.executed).toEqual([]);
    expect(screen.queryByRole('button', { name: 'Remove' })).toBeNull();
  });

  it('opens with one click on the title, and keeps Cancel in sight', async () => {
    const parts = setUp();
    parts.companion.answers['GET transfers'] = () => ({ items: [fakeTransfer()], cursor: null });
    await show(parts);
    fireEvent.click(screen.getByRole('button', { name: 'MA-0042 steel, load series' }));
    expect(parts.executed).toEqual([['panosc-transfers:open', { id: 't_1' }]]);
    expect(screen.getByRole('button', { name: 'Cancel' }).className).toContain('jp-mod-shown');
  });

  it('counts what runs apart from what waits', async () => {
    const parts = setUp();
    const states = ['running', 'queued', 'needs-you', 'needs-you', 'verified'] as const;
    parts.companion.answers['GET transfers'] = () => ({
      items: states.map((state, index) => fakeTransfer({ id: `t_${index}`, state })),
      cursor: null
    });
    const section = parts.views.section();
    await act(async () => {
      render(section.render());
      render(section.toolbar?.() ?? <span />);
    });
    const count = (title: string): string | null | undefined =>
      screen.getByTitle(title).firstChild?.textContent;
    expect(count('1 running')).toBe('1 ▸');
    expect(count('1 waiting')).toBe('1 …');
    expect(count('2 need you')).toBe('2 !');
  });

  it('removes a finished one with Delete, and never a running one', async () => {
    const parts = setUp();
    parts.companion.answers['GET transfers'] = () => ({
      items: [
        fakeTransfer({ id: 't_2', state: 'verified' }),
        fakeTransfer({ id: 't_1', state: 'running' })
      ],
      cursor: null
    });
    parts.companion.answers['DELETE transfers/t_2'] = () => undefined;
    await show(parts);
    for (const row of screen.getAllByRole('row')) {
      await act(async () => void fireEvent.keyDown(row, { key: 'Delete' }));
    }
    expect(parts.companion.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(screen.getAllByRole('row')).toHaveLength(1);
  });

  it('shows why something could not be done', async () => {
    const parts = setUp();
    parts.companion.answers['GET transfers'] = () => ({ items: [fakeTransfer()], cursor: null });
    parts.companion.answers['POST transfers/t_1/cancel'] = () => {
      throw new ProblemError(fakeProblem({ detail: 'It has ended already.' }));
    };
    await show(parts);
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Cancel' })));
    expect(screen.getByRole('alert').textContent).toContain('It has ended already.');
  });
});

describe('the tab of a transfer', () => {
  it('shows files with their states, and opens the folder', async () => {
    const parts = setUp();
    parts.companion.answers['GET transfers/t_1'] = () => fakeTransfer({ state: 'as-sent' });
    parts.companion.answers['GET transfers/t_1/files'] = () => ({
      items: [
        {
          path: 'a.h5',
          url: 'https://x',
          sizeBytes: 5,
          bytes: 5,
          state: 'verified',
          checksum: { algorithm: 'sha256', value: 'ab', source: 'SHA256SUMS' },
          problem: null
        },
        {
          path: 'b.h5',
          url: 'https://x',
          sizeBytes: null,
          bytes: 0,
          state: 'failed',
          checksum: null,
          problem: fakeProblem({ detail: 'b.h5 is missing at the store.' })
        }
      ],
      cursor: null
    });
    const tab = new Widget();
    await act(async () => void render(parts.views.tab('t_1', tab)));
    expect(await screen.findByText('sha256 · SHA256SUMS')).toBeTruthy();
    expect(screen.getByText('b.h5 is missing at the store.')).toBeTruthy();
    expect(tab.title.label).toBe('MA-0042 steel, load series');
    expect(screen.getByRole('button', { name: 'Verify again' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('tells of a cancelled one what did not come, and offers to pull it again', async () => {
    const parts = setUp();
    parts.companion.answers['GET transfers/t_1'] = () =>
      fakeTransfer({ state: 'cancelled', bytes: 0 });
    parts.companion.answers['GET transfers/t_1/files'] = () => ({
      items: [
        {
          path: 'a.h5',
          url: 'https://x',
          sizeBytes: 5,
          bytes: 0,
          state: 'waiting',
          checksum: null,
          problem: null
        }
      ],
      cursor: null
    });
    parts.companion.answers['POST transfers/t_1/retry'] = () => fakeTransfer({ state: 'queued' });
    await act(async () => void render(parts.views.tab('t_1', new Widget())));
    expect(await screen.findByText('not pulled')).toBeTruthy();
    expect(screen.getByText('Nothing was pulled.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Open folder' })).toBeNull();
    expect(document.body.textContent).not.toContain('agree with a checksum');
    const again = screen.getByRole('button', { name: 'Pull again' });
    await act(async () => void fireEvent.click(again));
    expect(parts.companion.requests.some(({ path }) => path === 'transfers/t_1/retry')).toBe(true);
    expect(document.body.textContent).toContain('agree with a checksum');
    expect(screen.queryByText('not pulled')).toBeNull();
  });

  it('asks for the next page of files once', async () => {
    jest.useFakeTimers();
    const parts = setUp();
    const file = (path: string): unknown => ({
      path,
      url: 'https://x',
      sizeBytes: 5,
      bytes: 5,
      state: 'as-sent',
      checksum: null,
      problem: null
    });
    parts.companion.answers['GET transfers/t_1'] = () => fakeTransfer({ state: 'as-sent' });
    parts.companion.answers['GET transfers/t_1/files'] = ({ query }) => {
      const page = Number(query?.['cursor'] ?? 1);
      return { items: [file(`${page}.h5`)], cursor: page < 100 ? String(page + 1) : null };
    };
    await act(async () => void render(parts.views.tab('t_1', new Widget())));
    const load = (): Promise<void> => act(async () => void jest.advanceTimersByTime(2_000));
    const asked = (): unknown[] =>
      parts.companion.requests
        .filter(({ path }) => path.endsWith('/files'))
        .map(({ query }) => query?.['cursor']);
    await load();
    expect(asked()).toEqual([null]);
    await load();
    expect(asked()).toEqual([null, null, '2']);
    jest.useRealTimers();
  });

  it('offers to choose the facility that it belongs to, not the same refusal once more', async () => {
    const parts = setUp();
    const transfer = fakeTransfer({ state: 'needs-you', problem: elsewhere });
    parts.companion.answers['GET transfers/t_1'] = () => transfer;
    parts.companion.answers['GET transfers/t_1/files'] = () => ({ items: [], cursor: null });
    await act(async () => void render(parts.views.tab('t_1', new Widget())));
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Choose facility' }));
    expect(parts.executed.map(([command]) => command)).toEqual(['panosc-facility:choose']);
  });

  it('says that it is gone', async () => {
    const parts = setUp();
    parts.companion.answers['GET transfers/t_7'] = () => {
      throw new ProblemError(fakeProblem({ title: 'There is no such thing' }));
    };
    await act(async () => void render(parts.views.tab('t_7', new Widget())));
    expect(screen.getByRole('alert').textContent).toContain('There is no such thing');
  });
});

describe('notifications', () => {
  it.each([
    ['verified', null, 'success', ['Show']],
    ['as-sent', null, 'info', ['Show']],
    ['failed', fakeProblem({ detail: 'Checksum differs.' }), 'error', ['Retry', 'Show']],
    ['needs-you', signInProblem, 'warning', ['Sign in', 'Show']],
    ['needs-you', elsewhere, 'warning', ['Choose facility', 'Show']]
  ] as const)('%s is said with the button that helps', (state, problem, type, labels) => {
    Notification.manager.dismiss();
    setUp().views.notify(fakeTransfer({ state, problem }));
    const said = Notification.manager.notifications.at(0);
    expect(said?.type).toBe(type);
    expect(said?.options.actions?.map(({ label }) => label)).toEqual(labels);
    expect(said?.message).toContain(problem?.detail ?? 'pulled');
  });

  it.each([
    ['verified', 3, '61 B were here already and agree with the checksums.'],
    ['verified', 1, '61 B verified. 1 of 3 files were here already.'],
    ['as-sent', 3, '61 B were here already, left by an earlier pull.']
  ] as const)('%s with %i of 3 files here says so', (state, here, sentence) => {
    Notification.manager.dismiss();
    const files = { total: 3, done: 3, verified: 3, failed: 0, here };
    setUp().views.notify(fakeTransfer({ state, files }));
    const said = Notification.manager.notifications.at(0)?.message;
    expect(said).toContain(sentence);
    expect(said).not.toContain('pulled and');
  });

  it('takes back what it asked when the transfer goes on', () => {
    Notification.manager.dismiss();
    const { views } = setUp();
    views.notify(fakeTransfer({ state: 'needs-you', problem: signInProblem }));
    expect(Notification.manager.count).toBe(1);
    views.notify(fakeTransfer({ state: 'running' }));
    expect(Notification.manager.count).toBe(0);
    views.notify(fakeTransfer({ state: 'verified' }));
    expect(Notification.manager.count).toBe(1);
  });

  it('says nothing of what goes on', () => {
    Notification.manager.dismiss();
    setUp().views.notify(fakeTransfer({ state: 'running' }));
    expect(Notification.manager.count).toBe(0);
  });

  it('takes back a wish for the person when the pull goes on', () => {
    Notification.manager.dismiss();
    const { views } = setUp();
    views.notify(fakeTransfer({ state: 'needs-you' }));
    expect(Notification.manager.count).toBe(1);
    views.notify(fakeTransfer({ state: 'running' }));
    expect(Notification.manager.count).toBe(0);
  });
});
