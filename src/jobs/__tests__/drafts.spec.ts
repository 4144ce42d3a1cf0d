import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { FakeCompanion } from '../../testing/fake-companion.ts';
import { fakeJob } from '../../testing/fake-job.ts';
import { fakeTransfer } from '../../testing/fake-transfer.ts';
import type { ITabKeeper } from '../../shell/tokens.ts';
import { readDraft } from '../draft.ts';
import type { NewJobModel } from '../new-job-model.ts';
import { createJobsParts } from '../parts.tsx';
import { fakeAccelerators, fakeFacility, fakeSearch } from './fakes.ts';

const dialog = jest.fn<Promise<{ button: { accept: boolean } }>, [unknown]>();
jest.mock('@jupyterlab/apputils', () => ({
  ...jest.requireActual<object>('@jupyterlab/apputils'),
  showDialog: (options: unknown) => dialog(options)
}));

const trans = nullTranslator.load('jupyterlab_panosc');

function setUp() {
  const companion = new FakeCompanion();
  companion.answers['GET transfers'] = () => ({
    items: [fakeTransfer({ to: '/home/alice/data/silicon' })],
    cursor: null
  });
  companion.answers['POST jobs'] = () => fakeJob();
  companion.answers['POST jobs/preview'] = () => ({ script: '', summary: '', findings: [] });
  const parts = createJobsParts({
    companion,
    facility: fakeFacility(),
    accelerators: { load: () => Promise.resolve(fakeAccelerators()) },
    images: { createSearch: () => Promise.resolve(fakeSearch()) },
    editors: null,
    commands: new FakeCommands().registry,
    trans
  });
  const open = async (args: ReadonlyPartialJSONObject, folder: string, number = '1') => {
    const tab = new Widget();
    let kept: ReadonlyPartialJSONObject = args;
    let mayClose = (): Promise<boolean> => Promise.resolve(true);
    const keeper: ITabKeeper = {
      remember: now => {
        kept = now;
      },
      askBeforeClose: ask => {
        mayClose = ask;
      }
    };
    const element = await parts.newJob({ args, number, folder }, tab, keeper);
    const { draft } = element.props as { draft: NewJobModel };
    return { tab, draft, kept: () => kept, mayClose: () => mayClose() };
  };
  return { companion, parts, open };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('a form that is not submitted', () => {
  it('is there again after a reload, in the folder that it was in', async () => {
    const before = await setUp().open({ tab: '1' }, '/home/alice/first');
    before.draft.update({ name: 'mine', memory: '8 GB', script: 'python3 long.py\n' });
    before.draft.update({ binds: [{ path: '/home/alice/data/x', write: false }] });
    await jest.advanceTimersByTimeAsync(400);
    const after = await setUp().open(
      JSON.parse(JSON.stringify(before.kept())) as ReadonlyPartialJSONObject,
      '/home/alice/second'
    );
    expect(after.draft.form).toEqual(before.draft.form);
    expect(after.draft.form.workdir).toBe('/home/alice/first');
    expect(after.draft.isTouched).toBe(true);
  });

  it('keeps its folder even when nothing was written', async () => {
    const before = await setUp().open({ tab: '1' }, '/home/alice/first');
    const after = await setUp().open(before.kept(), '/home/alice/second');
    expect(after.draft.form.workdir).toBe('/home/alice/first');
    expect(after.draft.isTouched).toBe(false);
  });

  it('is no longer kept once it was submitted', async () => {
    const { draft, kept, mayClose } = await setUp().open({ tab: '1' }, '/home/alice/first');
    draft.update({ name: 'mine' });
    await draft.submit();
    await jest.advanceTimersByTimeAsync(400);
    expect(kept()).toEqual({ tab: '1' });
    await expect(mayClose()).resolves.toBe(true);
  });

  it('is not thrown away without a word', async () => {
    const { draft, mayClose } = await setUp().open({ tab: '1' }, '/home/alice/first');
    await expect(mayClose()).resolves.toBe(true);
    expect(dialog).not.toHaveBeenCalled();
    draft.update({ name: 'mine' });
    dialog.mockResolvedValueOnce({ button: { accept: false } });
    await expect(mayClose()).resolves.toBe(false);
    dialog.mockResolvedValueOnce({ button: { accept: true } });
    await expect(mayClose()).resolves.toBe(true);
  });

  it('is read even when an older version kept it, and nothing else is', () => {
    expect(readDraft(null)).toBeNull();
    expect(readDraft({ form: 'x' })).toBeNull();
    expect(readDraft({ form: { name: 'a', binds: [{ path: 1 }], hasGpu: 'yes' } })).toMatchObject({
      form: { name: 'a', binds: [], hasGpu: false, script: '' },
      isTouched: false
    });
  });
});

describe('data and image', () => {
  it('meet in the form that was used last', async () => {
    const { parts, open } = setUp();
    expect(parts.fillOpenForm({ image: 'r:/i' })).toBeNull();
    const first = await open({ tab: '1' }, '/home/alice/w', '1');
    const second = await open({ tab: '2' }, '/home/alice/w', '2');
    first.tab.node.dispatchEvent(new Event('focusin'));
    expect(parts.fillOpenForm({ image: 'r:/i' })).toBe('1');
    expect(parts.fillOpenForm({ inputs: '/home/alice/data/silicon' })).toBe('1');
    expect(first.draft.form).toMatchObject({
      image: 'r:/i',
      workdir: '/home/alice/w',
      binds: [{ path: '/home/alice/data/silicon', write: false }]
    });
    expect(first.draft.form.script).toContain('INPUTS=/home/alice/data/silicon');
    expect(second.draft.form.image).toBe('');
    first.tab.dispose();
    expect(parts.fillOpenForm({ image: 'r:/j' })).toBe('2');
  });

  it('leave a script that was written as it is, but name the folder before its first command', async () => {
    const { parts, open } = setUp();
    const { draft } = await open({ tab: '1' }, '/home/alice/w');
    draft.update({ script: '#!/bin/bash\n#SBATCH --mem=1G\nset -e\npython3 a.py "$INPUTS"\n' });
    parts.fillOpenForm({ inputs: '/d' });
    expect(draft.form.script).toBe(
      '#!/bin/bash\n#SBATCH --mem=1G\nset -e\nINPUTS=/d\npython3 a.py "$INPUTS"\n'
    );
    parts.fillOpenForm({ inputs: '/e' });
    expect(draft.form.script).toContain('INPUTS=/d\n');
    expect(draft.form.binds.map(({ path }) => path)).toEqual(['/d', '/e']);
  });

  it('go nowhere else when something of their own is asked for', async () => {
    const { parts, open } = setUp();
    await open({ tab: '1' }, '/home/alice/w');
    expect(parts.fillOpenForm({})).toBeNull();
    expect(parts.fillOpenForm({ from: 'j_1' })).toBeNull();
    expect(parts.fillOpenForm({ image: 'r:/i', tab: '7' })).toBeNull();
  });

  it('do not go into a form that has become a job', async () => {
    const { parts, open } = setUp();
    const { draft } = await open({ tab: '1' }, '/home/alice/w');
    await draft.submit();
    expect(parts.fillOpenForm({ image: 'r:/i' })).toBeNull();
  });
});

describe('the folder of a new job', () => {
  it.each([
    ['/home/alice/data/silicon', '/home/alice/data/jobs'],
    ['/home/alice/data/silicon/raw', '/home/alice/data/jobs'],
    ['/home/alice/data/silicon2', '/home/alice/data/silicon2'],
    ['/home/alice/work', '/home/alice/work']
  ])('is for %p in the file browser %p: never among pulled data', async (folder, expected) => {
    const { draft } = await setUp().open({ tab: '1' }, folder);
    expect(draft.form.workdir).toBe(expected);
  });

  it('is beside the data that it is opened with', async () => {
    const { open, companion } = setUp();
    delete companion.answers['GET transfers'];
    const { draft } = await open({ tab: '1', inputs: '~/data/x' }, '/home/alice/data/x');
    expect(draft.form.workdir).toBe('/home/alice/data/jobs');
    expect(draft.form.binds).toEqual([{ path: '/home/alice/data/x', write: false }]);
  });
});
