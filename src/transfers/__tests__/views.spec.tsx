import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { ProblemError } from '../../companion/problem-error.ts';
import { finishedTransferStates, TransferState } from '../../contract/transfers.ts';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { fakeFacility, fakeFacilityResource } from '../../testing/fake-facility.ts';
import { fakeTransfer } from '../../testing/fake-transfer.ts';
import { folderName } from '../folder-name.ts';
import { createTransferViews } from '../views.tsx';
import { figuresText, isFinished, progressText } from '../words.ts';

const trans = nullTranslator.load('jupyterlab_panosc');
const signInProblem = fakeProblem({ detail: 'Sign in to go on.', action: 'sign-in' });

function setUp() {
  const companion = new FakeCompanion();
  companion.answers['GET facility'] = () => fakeFacility();
  companion.answers['GET transfers'] = () => ({ items: [], cursor: null });
  const { registry: commands, executed } = new FakeCommands();
  const facility = fakeFacilityResource(companion);
  const views = createTransferViews({ companion, facility, commands, fileBrowser: null, trans });
  return { companion, commands, executed, facility, views };
}

describe('folderName', () => {
  it.each([
    ['MA-0042 steel, load series', 'MA-0042-steel-load-series'],
    ['../../etc', 'etc'],
    ['.hidden', 'hidden'],
    ['x'.repeat(300), `${'x'.repeat(29)}-${'x'.repeat(10)}`],
    [
      'Fast tomography of a metal foam under load, 2026-05-01',
      'Fast-tomography-of-a-metal-2026-05-01'
    ],
    ['日本', 'dataset']
  ])('%p becomes %p', (title, name) => {
    expect(folderName(title)).toBe(name);
  });

  it('cuts a long title at a word and keeps the end of the PID', () => {
    const title = 'Serial crystallography of lysozyme at room temperature, sample A';
    expect(folderName(title, '10.5072/ma-0042')).toBe('Serial-crystallography-of-ma-0042');
  });
});

describe('words', () => {
  it('agrees with the contract on what is finished', () => {
    for (const state of TransferState.options) {
      expect([state, isFinished(fakeTransfer({ state }))]).toEqual([
        state,
        finishedTransferStates.includes(state)
      ]);
    }
  });

  it('gives a percentage only when the total is known', () => {
    expect(progressText(fakeTransfer(), trans)).toBe('61 %');
    const unknown = fakeTransfer({
      bytes: 12e9,
      bytesTotal: null,
      files: { total: null, done: 340, verified: 0, failed: 0, here: 0 },
      rate: null
    });
    expect(progressText(unknown, trans)).toBe('12 GB, 340 files so far');
    expect(figuresText(unknown, trans)).toBe('12 GB so far · 340 files so far');
  });
});

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
    ['needs-you', signInProblem, 'Sign in', null],
    ['needs-you', fakeProblem({ action: 'retry' }), 'Retry', 'retry'],
    ['failed', fakeProblem({ action: 'retry' }), 'Retry', 'retry'],
    ['running', null, 'Cancel', 'cancel']
  ] as const)('%s has the button %p', async (state, problem, label, verb) => {
    const parts = setUp();
    const transfer = fakeTransfer({ state, problem });
    parts.companion.answers['GET transfers'] = () => ({ items: [transfer], cursor: null });
    parts.companion.answers[`POST transfers/t_1/${String(verb)}`] = () => transfer;
    await show(parts);
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: label })));
    if (verb === null) {
      expect(parts.executed[0]?.[0]).toBe('panosc-signin:start');
    } else {
      expect(parts.companion.requests.at(-1)?.path).toBe(`transfers/t_1/${verb}`);
    }
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

describe('the pull dialog', () => {
  const plan = {
    title: 'MA-0042',
    to: '/home/alice/data',
    files: 340,
    bytes: 84e9,
    freeBytes: 496e9,
    freeAfterBytes: 412e9,
    fits: true,
    seconds: 360,
    checksums: 'Compared with SHA256SUMS.',
    checksumsFound: 'there',
    afterSession: 'It goes on only while this session runs.'
  };

  async function open(parts: ReturnType<typeof setUp>, args = {}): Promise<HTMLElement> {
    void parts.views.pull({ pid: '10.5072/ma-0042', title: 'MA-0042', ...args });
    return screen.findByRole('dialog', { name: 'Pull MA-0042' });
  }
  const pullButton = (dialog: HTMLElement): HTMLButtonElement =>
    within(dialog).getByRole('button', { name: 'Pull' });

  afterEach(async () => {
    const dialog = screen.queryByRole('dialog');
    if (dialog !== null) {
      await act(async () => void fireEvent.keyDown(dialog, { key: 'Escape' }));
    }
  });

  it('says what it would do, starts it once, and shows it', async () => {
    const parts = setUp();
    parts.companion.answers['POST transfers/plan'] = () => plan;
    parts.companion.answers['POST transfers'] = () => fakeTransfer({ state: 'queued' });
    const dialog = await open(parts);
    await within(dialog).findByText('412 GB free after');
    expect(dialog.textContent).toContain('84 GB in 340 files to ~/data');
    expect(dialog.textContent).toContain('About 6 min');
    expect(dialog.textContent).toContain('Compared with SHA256SUMS.');
    expect(dialog.textContent).toContain('It goes on only while this session runs.');
    await act(async () => void fireEvent.click(pullButton(dialog)));
    const start = parts.companion.requests.filter(({ path }) => path === 'transfers').at(-1);
    expect(start?.body).toEqual({ pid: '10.5072/ma-0042', to: '~/data/MA-0042' });
    expect(start?.options?.idempotencyKey).toMatch(/^[\w-]{8,64}$/);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(parts.executed).toContainEqual(['panosc-shell:open', { section: 'transfers' }]);
  });

  it('cannot start what does not fit', async () => {
    const parts = setUp();
    parts.companion.answers['POST transfers/plan'] = () => ({
      ...plan,
      fits: false,
      freeBytes: 1e9
    });
    const dialog = await open(parts);
    await within(dialog).findByText(/It does not fit: 1 GB are free/);
    expect(pullButton(dialog).disabled).toBe(true);
    await act(async () => void fireEvent.submit(dialog.querySelector('form') as Element));
    expect(parts.companion.requests.some(({ path }) => path === 'transfers')).toBe(false);
  });

  it('says before the start how it will end, also when the store could not be asked', async () => {
    const parts = setUp();
    parts.companion.answers['POST transfers/plan'] = () => ({
      ...plan,
      checksums: 'SHA256SUMS beside the data',
      checksumsFound: 'not-known'
    });
    const dialog = await open(parts);
    await within(dialog).findByText(/could not be asked for SHA256SUMS beside the data now/);
    expect(dialog.textContent).not.toContain('Verified with');
  });

  it('uses the folder it was given, and one key for all attempts', async () => {
    const parts = setUp();
    parts.companion.answers['POST transfers/plan'] = () => ({
      ...plan,
      checksums: null,
      checksumsFound: 'none'
    });
    const keys: unknown[] = [];
    parts.companion.answers['POST transfers'] = ({ options }) => {
      keys.push(options?.idempotencyKey);
      throw new ProblemError(fakeProblem({ action: 'retry' }));
    };
    const dialog = await open(parts, { to: '~/work' });
    await within(dialog).findByText(/it will end "as sent"/);
    await act(async () => void fireEvent.click(pullButton(dialog)));
    await act(
      async () => void fireEvent.click(within(dialog).getByRole('button', { name: 'Retry' }))
    );
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    const asked = parts.companion.requests.find(({ path }) => path === 'transfers/plan');
    expect(asked?.body).toEqual({ pid: '10.5072/ma-0042', to: '~/work/MA-0042' });
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
    ['needs-you', signInProblem, 'warning', ['Sign in', 'Show']]
  ] as const)('%s is said with the button that helps', (state, problem, type, labels) => {
    Notification.manager.dismiss();
    setUp().views.notify(fakeTransfer({ state, problem }));
    const said = Notification.manager.notifications.at(0);
    expect(said?.type).toBe(type);
    expect(said?.options.actions?.map(({ label }) => label)).toEqual(labels);
    expect(said?.message).toContain(problem?.detail ?? 'pulled');
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
