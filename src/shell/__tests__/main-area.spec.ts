import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { nullTranslator } from '@jupyterlab/translation';
import { TabPanel, Widget } from '@lumino/widgets';
import * as React from 'react';
import { FakeCompanion } from '../../testing/fake-companion.ts';
import { fakeFacilityResource } from '../../testing/fake-facility.ts';
import { MainArea } from '../main-area.ts';
import type { ITabKeeper } from '../tokens.ts';

type RestoreOptions = Parameters<ILayoutRestorer['restore']>[1];

function setUp() {
  let restored: RestoreOptions | null = null;
  const app = {
    commands: { addCommand: () => undefined },
    shell: { add: (tab: Widget) => Widget.attach(tab, document.body), activateById: jest.fn() }
  } as unknown as JupyterFrontEnd;
  const restorer = {
    restore: (_: unknown, options: RestoreOptions) => {
      restored = options;
      return Promise.resolve();
    }
  } as unknown as ILayoutRestorer;
  const area = new MainArea({
    app,
    area: 'main',
    facility: fakeFacilityResource(new FakeCompanion()),
    trans: nullTranslator.load('jupyterlab_panosc'),
    restorer
  });
  let keeper: ITabKeeper | null = null;
  const tab = area.open({
    id: 'new-job-1',
    title: 'New job',
    command: 'panosc-jobs:new',
    args: { tab: '1' },
    load: async (_, given) => {
      keeper = given;
      return React.createElement('p');
    }
  });
  const argsAfterReload = (): unknown => restored?.args?.(tab);
  return { tab, keeper: () => keeper as unknown as ITabKeeper, argsAfterReload };
}

describe('main area', () => {
  it('opens a tab again with what was remembered last', () => {
    const { keeper, argsAfterReload } = setUp();
    expect(argsAfterReload()).toEqual({ command: 'panosc-jobs:new', args: { tab: '1' } });
    keeper().remember({ tab: '1', draft: { name: 'mine' } });
    expect(argsAfterReload()).toEqual({
      command: 'panosc-jobs:new',
      args: { tab: '1', draft: { name: 'mine' } }
    });
  });

  it('closes a tab that asks only when it may', async () => {
    const { tab, keeper } = setUp();
    let answer = false;
    keeper().askBeforeClose(() => Promise.resolve(answer));
    tab.close();
    await Promise.resolve();
    expect(tab.isDisposed).toBe(false);
    answer = true;
    tab.close();
    await Promise.resolve();
    expect(tab.isDisposed).toBe(true);
  });

  it('closes any other tab at once', () => {
    const { tab } = setUp();
    tab.close();
    expect(tab.isDisposed).toBe(true);
  });

  it('shows its tab in front in a window that has no room for tabs beside the notebook', () => {
    const down = new TabPanel();
    const before = new Widget();
    down.addWidget(before);
    const shell = {
      add: (tab: Widget, area: string) => area === 'down' && down.addWidget(tab),
      activateById: jest.fn()
    };
    const area = new MainArea({
      app: { commands: { addCommand: () => undefined }, shell } as unknown as JupyterFrontEnd,
      area: 'down',
      facility: fakeFacilityResource(new FakeCompanion()),
      trans: nullTranslator.load('jupyterlab_panosc'),
      restorer: null
    });
    const options = { id: 'doctor', title: 'Self-Check', command: 'panosc-doctor:open', args: {} };
    const load = () => Promise.resolve(React.createElement('p'));
    const tab = area.open({ ...options, load });
    expect(down.currentWidget).toBe(tab);
    down.currentWidget = before;
    expect(area.open({ ...options, load })).toBe(tab);
    expect(down.currentWidget).toBe(tab);
    expect(shell.activateById).toHaveBeenLastCalledWith('jp-panosc-doctor');
  });
});
