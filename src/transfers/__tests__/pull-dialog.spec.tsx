import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { ProblemError } from '../../companion/problem-error.ts';
import { fakeProblem } from '../../testing/fake-companion.ts';
import { fakeFacility } from '../../testing/fake-facility.ts';
import { fakeTransfer } from '../../testing/fake-transfer.ts';
import { setUp } from './set-up.ts';

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
    refusal: null,
    needsSignIn: false,
    here: null,
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

  it('cannot start what is against a rule of the facility, and says whom to ask', async () => {
    const parts = setUp();
    const refusal = 'One pull may have at most 1 TB here. Ask: the desk.';
    parts.companion.answers['POST transfers/plan'] = () => ({ ...plan, refusal });
    const dialog = await open(parts);
    await within(dialog).findByText(refusal);
    expect(pullButton(dialog).disabled).toBe(true);
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

  it('says that a sign-in is needed, and asks for it when the pull was started', async () => {
    const parts = setUp();
    parts.companion.answers['POST transfers/plan'] = () => ({ ...plan, needsSignIn: true });
    parts.companion.answers['POST transfers'] = () => fakeTransfer({ state: 'queued' });
    const dialog = await open(parts);
    await within(dialog).findByText('You need to sign in first; the pull starts when you have.');
    const start = within(dialog).getByRole('button', { name: 'Sign in and pull' });
    await act(async () => void fireEvent.click(start));
    expect(parts.companion.requests.at(-1)?.path).toBe('transfers');
    expect(parts.executed.at(-1)?.[0]).toBe('panosc-signin:start');
  });

  it('gives way to the choice of a facility when none is chosen any more', async () => {
    const parts = setUp();
    parts.companion.answers['POST transfers/plan'] = () => {
      throw new ProblemError(fakeProblem({ type: '/problems/no-profile', status: 409 }));
    };
    const dialog = await open(parts);
    const choose = await within(dialog).findByRole('button', { name: 'Choose facility' });
    await act(async () => void fireEvent.click(choose));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(parts.executed.at(-1)?.[0]).toBe('panosc-facility:choose');
  });

  it('says what is here already and what is in the way', async () => {
    const parts = setUp();
    let here = { looked: 200, files: 198, bytes: 5e9, others: 2 };
    let checksums: string | null = plan.checksums;
    parts.companion.answers['POST transfers/plan'] = () => ({ ...plan, checksums, here });
    const dialog = await open(parts);
    await within(dialog).findByText(
      /^198 of the first 200 files are here already by name and size \(5 GB\): what agrees/
    );
    expect(within(dialog).getByRole('alert').textContent).toContain(
      '2 files with the same names and other sizes are in the way'
    );
    here = { looked: 340, files: 340, bytes: 84e9, others: 0 };
    checksums = null;
    fireEvent.change(within(dialog).getByLabelText('To folder'), { target: { value: '~/a' } });
    await within(dialog).findByText(
      /^340 of 340 files are here .* Without checksums, a file is taken for the same only where/
    );
    expect(within(dialog).queryByRole('alert')).toBeNull();
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

  it('starts another pull after a lost answer and a changed folder, not the first one again', async () => {
    const parts = setUp();
    parts.companion.answers['POST transfers/plan'] = () => plan;
    const keys: unknown[] = [];
    parts.companion.answers['POST transfers'] = ({ options }) => {
      keys.push(options?.idempotencyKey);
      throw new ProblemError(fakeProblem({ type: '/problems/silence', status: 502 }));
    };
    const dialog = await open(parts);
    await within(dialog).findByText('412 GB free after');
    await act(async () => void fireEvent.click(pullButton(dialog)));
    fireEvent.change(within(dialog).getByLabelText('To folder'), { target: { value: '~/a' } });
    await waitFor(() => expect(pullButton(dialog).disabled).toBe(false));
    expect(within(dialog).queryByRole('alert')).toBeNull();
    await act(async () => void fireEvent.click(pullButton(dialog)));
    expect(keys).toHaveLength(2);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('plans anew, and says so, when another facility is chosen while it is open', async () => {
    const parts = setUp();
    parts.companion.answers['POST transfers/plan'] = () => plan;
    const dialog = await open(parts);
    await within(dialog).findByText('412 GB free after');
    const { active } = fakeFacility();
    parts.companion.answers['GET facility'] = () =>
      fakeFacility({ active: active && { ...active, id: 'other', title: 'Other facility' } });
    parts.companion.answers['POST transfers/plan'] = () => ({ ...plan, freeAfterBytes: 1e9 });
    await act(async () => parts.companion.emit('facility', { id: 'other' }));
    expect(pullButton(dialog).disabled).toBe(true);
    await within(dialog).findByText('1 GB free after');
    expect(within(dialog).getByRole('status').textContent).toContain(
      'Other facility is chosen now'
    );
    expect(pullButton(dialog).disabled).toBe(false);
    const planned = parts.companion.requests.filter(({ path }) => path === 'transfers/plan');
    expect(planned).toHaveLength(2);
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
