import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { ProblemError } from '../../companion/problem-error.ts';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { doctorPlugin } from '../plugin.ts';

const OPEN = 'panosc-doctor:open';
const REPORT = 'panosc-doctor:report';

function setUp() {
  const companion = new FakeCompanion();
  const commands = new FakeCommands();
  const inPalette: unknown[] = [];
  const opened: unknown[] = [];
  void doctorPlugin.activate(
    { commands: commands.registry } as JupyterFrontEnd,
    companion,
    { open: (options: unknown) => opened.push(options) },
    null,
    { addItem: (item: unknown) => inPalette.push(item) }
  );
  const report = (): unknown => commands.added.get(REPORT)?.execute({});
  return { companion, commands, inPalette, opened, report };
}

/** What a person sees now. */
function shown(): { message: string; type: string; actions: readonly string[] } | undefined {
  const [newest] = Notification.manager.notifications;
  return newest === undefined
    ? undefined
    : {
        message: newest.message,
        type: newest.type,
        actions: (newest.options.actions ?? []).map(({ label }) => label)
      };
}

/** The browser's clipboard; `refuses` as browsers do when nobody has clicked lately. */
function clipboard(refuses = false): string[] {
  const copied: string[] = [];
  Object.defineProperty(navigator, 'clipboard', {
    configurable: true,
    value: {
      writeText: (text: string) =>
        refuses ? Promise.reject(new Error('NotAllowedError')) : Promise.resolve(copied.push(text))
    }
  });
  return copied;
}

describe('report a problem', () => {
  beforeEach(() => {
    Notification.dismiss();
    jest.spyOn(Clipboard, 'generateEvent').mockReturnValue(undefined);
  });

  it('is in the command palette beside the self-check', () => {
    const { commands, inPalette } = setUp();
    expect(inPalette).toEqual([
      { command: OPEN, category: 'Photon & Neutron' },
      { command: REPORT, category: 'Photon & Neutron' }
    ]);
    expect(commands.added.get(OPEN)?.label).toBe('Self-Check');
    expect(commands.added.get(REPORT)?.label).toBe('Report a Problem');
  });

  it('copies the report of the companion, and says so', async () => {
    const { companion, report } = setUp();
    companion.answers['GET doctor'] = () => ({ report: 'the report\n' });
    const copied = clipboard();
    await report();
    expect(copied).toEqual(['the report\n']);
    expect(shown()).toEqual({
      type: 'success',
      message:
        'The report is copied. Paste it into a message to whoever helps you: it holds no token and no password.',
      actions: ['Show the self-check']
    });
  });

  it('field request 6: reports what is broken where there is no companion', async () => {
    const { companion, report } = setUp();
    companion.answers['GET doctor'] = () => {
      throw new ProblemError(fakeProblem({ type: '/problems/no-node', detail: 'No Node.' }));
    };
    const copied = clipboard();
    await report();
    expect(copied[0]).toContain('FAILED   machine.node: No Node.');
    expect(shown()?.type).toBe('success');
  });

  it('does not claim to have copied what the browser refused, and offers a button', async () => {
    const { commands, companion, report } = setUp();
    companion.answers['GET doctor'] = () => ({ report: 'the report\n' });
    clipboard(true);
    await report();
    expect(shown()).toMatchObject({
      type: 'warning',
      actions: ['Copy the report', 'Show the self-check']
    });
    const copied = clipboard();
    const [button] = Notification.manager.notifications[0]?.options.actions ?? [];
    button?.callback(new MouseEvent('click'));
    await Promise.resolve();
    await Promise.resolve();
    expect(copied).toEqual(['the report\n']);
    expect(shown()?.type).toBe('success');
    Notification.manager.notifications[0]?.options.actions?.[0]?.callback(new MouseEvent('click'));
    expect(commands.executed).toEqual([[OPEN, {}]]);
  });

  it('uses the older way of pages over plain http', async () => {
    const { companion, report } = setUp();
    companion.answers['GET doctor'] = () => ({ report: 'the report\n' });
    clipboard(true);
    const data: string[] = [];
    jest.spyOn(Clipboard, 'generateEvent').mockImplementation(node => {
      const event = new Event('copy', { bubbles: true, cancelable: true });
      const clipboardData = { setData: (_: string, text: string) => data.push(text) };
      node.dispatchEvent(Object.assign(event, { clipboardData }));
    });
    await report();
    expect(data).toEqual(['the report\n']);
    expect(shown()?.type).toBe('success');
  });
});
