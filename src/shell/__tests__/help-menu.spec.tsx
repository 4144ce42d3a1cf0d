import type { JupyterFrontEnd } from '@jupyterlab/application';
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ProblemError } from '../../companion/problem-error.ts';
import { facilityPlugin } from '../../facility/plugin.ts';
import type { IFacility } from '../../facility/tokens.ts';
import { signinPlugin } from '../../signin/plugin.ts';
import type { ISignin } from '../../signin/tokens.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { fakeFacility, fakeSignin } from '../../testing/fake-facility.ts';
import { SidebarContent } from '../panel.tsx';
import { Sidebar } from '../sidebar.ts';

const labels: Readonly<Record<string, string>> = {
  'panosc-doctor:open': 'Self-Check',
  'panosc-doctor:report': 'Report a Problem',
  'panosc-facility:choose': 'Choose Your Facility…',
  'panosc-signin:start': 'Sign In'
};

/** As much of a command registry as a menu looks at. */
function menuCommands(executed: string[]): JupyterFrontEnd['commands'] {
  const signal = { connect: () => true, disconnect: () => true };
  const text = (): string => '';
  return {
    commandChanged: signal,
    keyBindingChanged: signal,
    keyBindings: [],
    addCommand: () => ({ dispose: () => undefined }),
    label: (id: string) => labels[id] ?? '',
    caption: text,
    className: text,
    iconClass: text,
    iconLabel: text,
    icon: () => undefined,
    mnemonic: () => -1,
    dataset: () => ({}),
    isEnabled: () => true,
    isToggled: () => false,
    isToggleable: () => false,
    isVisible: () => true,
    hasCommand: () => true,
    execute: (id: string) => {
      executed.push(id);
      return Promise.resolve();
    }
  } as unknown as JupyterFrontEnd['commands'];
}

async function show(companion: FakeCompanion): Promise<string[]> {
  const executed: string[] = [];
  companion.answers['GET signin'] = () => fakeSignin();
  companion.answers['GET health'] = () => ({ contract: 1 });
  const app = {} as JupyterFrontEnd;
  await act(async () => {
    render(
      <SidebarContent
        sidebar={new Sidebar({ load: () => Promise.resolve(), activate: () => undefined })}
        companion={companion}
        facility={facilityPlugin.activate(app, companion) as IFacility}
        signin={signinPlugin.activate(app, companion) as ISignin}
        commands={menuCommands(executed)}
        trans={nullTranslator.load('jupyterlab_panosc')}
      />
    );
    await Promise.resolve();
  });
  return executed;
}

const [ENTER, ESCAPE, DOWN] = [13, 27, 40];
const frame = (): Promise<unknown> => new Promise(resolve => requestAnimationFrame(resolve));

/** Opens the menu of a button as a keyboard does, and chooses an entry. */
async function choose(button: HTMLElement, entry: string): Promise<void> {
  button.focus();
  fireEvent.click(button);
  const menu = screen.getByRole('menu');
  const isActive = (): boolean =>
    menu.querySelector('.lm-mod-active')?.textContent?.includes(entry) === true;
  for (let presses = 0; presses < 9 && !isActive(); presses++) {
    fireEvent.keyDown(menu, { keyCode: DOWN });
    await frame();
    await frame();
  }
  expect(isActive()).toBe(true);
  fireEvent.keyDown(menu, { keyCode: ENTER });
  await frame();
  await frame();
}

const companionThat = {
  'cannot be reached': () => {
    throw new ProblemError(fakeProblem({ detail: 'No companion.', action: 'retry' }));
  },
  'has no facility': () => fakeFacility({ active: null })
} as const;

describe('help in the panel', () => {
  it.each(Object.entries(companionThat))(
    'field request 6: is there when the companion %s',
    async (_, facility) => {
      const companion = new FakeCompanion();
      companion.answers['GET facility'] = facility;
      const executed = await show(companion);
      const button = screen.getByRole('button', { name: 'Help' });
      expect(button.getAttribute('aria-haspopup')).toBe('menu');
      await choose(button, 'Report a Problem');
      expect(executed).toEqual(['panosc-doctor:report']);
      expect(document.activeElement).toBe(button);
      await choose(button, 'Self-Check');
      expect(executed).toEqual(['panosc-doctor:report', 'panosc-doctor:open']);
    }
  );

  it('stands in the account’s menu while a facility is chosen', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET facility'] = () => fakeFacility();
    const executed = await show(companion);
    expect(screen.queryByRole('button', { name: 'Help' })).toBeNull();
    const button = screen.getByRole('button', { name: 'Account: Not signed in' });
    fireEvent.click(button);
    const entries = screen.getAllByRole('menuitem').map(item => item.textContent);
    expect(entries.filter(text => text !== '')).toEqual([
      'Sign In',
      'Choose Your Facility…',
      'Self-Check',
      'Report a Problem'
    ]);
    fireEvent.keyDown(screen.getByRole('menu'), { keyCode: ESCAPE });
    await frame();
    await frame();
    await choose(button, 'Report a Problem');
    expect(executed).toEqual(['panosc-doctor:report']);
    expect(document.activeElement).toBe(button);
  });
});
