import { Widget } from '@lumino/widgets';
import { shortPath, toCompanionPath, toContentsPath } from '../server-paths.ts';
import { Sidebar } from '../sidebar.ts';

describe('Sidebar', () => {
  it('loads nothing before it is shown, and then once', async () => {
    let loads = 0;
    const sidebar = new Sidebar({ load: async () => void (loads += 1), activate: () => undefined });
    sidebar.hide();
    Widget.attach(sidebar, document.body);
    expect(loads).toBe(0);
    sidebar.show();
    sidebar.hide();
    sidebar.show();
    expect(loads).toBe(1);
    sidebar.dispose();
  });

  it('tries again when the code did not arrive', async () => {
    let loads = 0;
    const sidebar = new Sidebar({
      load: () => {
        loads += 1;
        return Promise.reject(new Error('offline'));
      },
      activate: () => undefined
    });
    Widget.attach(sidebar, document.body);
    await Promise.resolve();
    await Promise.resolve();
    sidebar.hide();
    sidebar.show();
    expect(loads).toBe(2);
    sidebar.dispose();
  });

  it('sorts sections, lets go of them, and remembers what was asked for', () => {
    let activated = 0;
    const sidebar = new Sidebar({ load: async () => undefined, activate: () => (activated += 1) });
    const load = (): Promise<never> => Promise.reject(new Error('unused'));
    const jobs = sidebar.addSection({ id: 'jobs', title: 'Jobs', rank: 300, load });
    sidebar.addSection({ id: 'data', title: 'Data', rank: 100, load });
    expect(sidebar.sections.map(({ id }) => id)).toEqual(['data', 'jobs']);
    jobs.dispose();
    expect(sidebar.sections.map(({ id }) => id)).toEqual(['data']);
    sidebar.reveal('signin');
    expect(sidebar.pendingReveal).toBe('signin');
    expect(activated).toBe(1);
  });
});

it('takes the focus when it is activated, unless it is inside already', () => {
  const sidebar = new Sidebar({ load: async () => undefined, activate: () => undefined });
  Widget.attach(sidebar, document.body);
  sidebar.processMessage(Widget.Msg.ActivateRequest);
  expect(document.activeElement).toBe(sidebar.node);
  const button = document.createElement('button');
  sidebar.node.append(button);
  button.focus();
  sidebar.processMessage(Widget.Msg.ActivateRequest);
  expect(document.activeElement).toBe(button);
  sidebar.dispose();
});

describe('paths', () => {
  it.each([
    ['a/b', '~', '~/a/b'],
    ['', '~/work', '~/work'],
    ['a', '/srv/data', '/srv/data/a'],
    ['RTC:a/b', '~', '~/a/b'],
    ['a', '', null]
  ])('%p below %p is %p', (path, root, expected) => {
    expect(toCompanionPath(path, root)).toBe(expected);
  });

  it.each([
    ['/home/alice/data/x', '~', 'data/x'],
    ['/home/alice', '~', ''],
    ['/home/alice/work/x', '~/work', 'x'],
    ['/home/alice/workshop/x', '~/work', null],
    ['/srv/x', '/', 'srv/x'],
    ['/srv/x', '~', null],
    ['/srv/x', '', null]
  ])('%p is in the browser at %p: %p', (absolute, root, expected) => {
    expect(toContentsPath(absolute, '/home/alice', root)).toBe(expected);
  });

  it('writes the home folder short', () => {
    expect(shortPath('/home/alice/data', '/home/alice')).toBe('~/data');
    expect(shortPath('/home/alicent/data', '/home/alice')).toBe('/home/alicent/data');
    expect(shortPath('/x', '')).toBe('/x');
  });
});
