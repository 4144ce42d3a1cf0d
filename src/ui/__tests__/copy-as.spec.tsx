import { Clipboard } from '@jupyterlab/apputils';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import type { CopyAs as ICopyAs } from '../../contract/copy-as/command.ts';
import { CopyAs } from '../copy-as.tsx';

const items: readonly ICopyAs[] = [
  { label: 'curl', language: 'shell', text: 'curl https://a.example\n' },
  { label: 'rclone', language: 'shell', text: 'rclone copyurl https://a.example a\n' },
  { label: 'Python', language: 'python', text: 'print("a")\n' }
];

let copied: string[] = [];
beforeEach(() => {
  copied = [];
  jest
    .spyOn(Clipboard, 'copyToSystem')
    .mockImplementation(data => void copied.push(data as string));
});
afterEach(() => jest.restoreAllMocks());

const theButton = (): HTMLElement => screen.getByRole('button', { name: 'Copy as' });
const said = (): string | null => document.querySelector('[aria-live]')?.textContent ?? null;
const focused = (): string | null => document.activeElement?.textContent ?? null;
const press = (key: string): void =>
  void fireEvent.keyDown(document.activeElement ?? document.body, { key });
const open = async (commands: React.ComponentProps<typeof CopyAs>['commands']): Promise<void> => {
  render(
    <>
      <CopyAs commands={commands} />
      <button type="button">elsewhere</button>
    </>
  );
  theButton().focus();
  await act(async () => void fireEvent.click(theButton()));
};

describe('CopyAs', () => {
  it('makes nothing before it is opened, then names the programs and shows the text', async () => {
    const commands = jest.fn(() => items);
    await open(commands);
    expect(commands).toHaveBeenCalledTimes(1);
    expect(theButton().getAttribute('aria-expanded')).toBe('true');
    expect(theButton().getAttribute('aria-controls')).toBe(screen.getByRole('menu').id);
    expect(screen.getAllByRole('menuitem').map(item => item.textContent)).toEqual([
      'curl',
      'rclone',
      'Python'
    ]);
    expect(focused()).toBe('curl');
    // A title would be read out as the description of its item, whole.
    expect(document.querySelectorAll('[title], [aria-description]')).toHaveLength(0);
    const text = screen.getByRole('group', { name: 'curl' });
    expect(text.textContent).toBe('curl https://a.example\n');
    act(() => text.focus());
    expect(screen.getByRole('menu')).toBeTruthy();
  });

  it('goes by the keyboard, copies, says so, and gives the focus back', async () => {
    await open(() => items);
    press('ArrowDown');
    expect(focused()).toBe('rclone');
    expect(screen.getByText('rclone copyurl https://a.example a')).toBeTruthy();
    press('End');
    expect(focused()).toBe('Python');
    press('ArrowDown');
    expect(focused()).toBe('curl');
    press('ArrowUp');
    press('Home');
    expect(screen.getAllByRole('menuitem').map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1]);
    fireEvent.click(screen.getByRole('menuitem', { name: 'rclone' }));
    expect(copied).toEqual(['rclone copyurl https://a.example a\n']);
    expect(said()).toBe('Copied: rclone');
    expect(document.activeElement).toBe(theButton());
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('opens by the arrow down; Escape closes it and nothing around it', async () => {
    const onKeyDown = jest.fn();
    render(
      // eslint-disable-next-line jsx-a11y/no-static-element-interactions
      <div onKeyDown={({ key }) => void onKeyDown(key)}>
        <CopyAs commands={() => items} />
      </div>
    );
    theButton().focus();
    await act(async () => press('ArrowDown'));
    expect(focused()).toBe('curl');
    press('Escape');
    expect(screen.queryByRole('menu')).toBeNull();
    expect(document.activeElement).toBe(theButton());
    expect(onKeyDown).not.toHaveBeenCalledWith('Escape');
    press('Escape');
    expect(onKeyDown).toHaveBeenCalledWith('Escape');
  });

  it('closes when the focus goes elsewhere, and leaves it there', async () => {
    await open(() => items);
    act(() => screen.getByText('elsewhere').focus());
    expect(screen.queryByRole('menu')).toBeNull();
    expect(focused()).toBe('elsewhere');
  });

  it('says that it asks, and what to do when there is no answer', async () => {
    const asked = new EventTarget();
    await open(
      () =>
        new Promise<readonly ICopyAs[]>((_, reject) => {
          asked.addEventListener('fail', () => reject(new Error('gone')));
        })
    );
    expect(said()).toBe('Asking for the commands…');
    expect(theButton().getAttribute('aria-expanded')).toBe('false');
    await act(async () => void asked.dispatchEvent(new Event('fail')));
    expect(said()).toContain('Try again.');
    expect(theButton().getAttribute('aria-expanded')).toBe('false');
    expect(theButton().getAttribute('aria-controls')).toBeNull();
    fireEvent.click(theButton());
    expect(said()).toBe('');
  });

  it('does not take the focus back with an answer that came too late', async () => {
    let answer = (_: readonly ICopyAs[]): void => undefined;
    await open(() => new Promise<readonly ICopyAs[]>(resolve => void (answer = resolve)));
    act(() => screen.getByText('elsewhere').focus());
    await act(async () => answer(items));
    expect(screen.queryByRole('menu')).toBeNull();
    expect(focused()).toBe('elsewhere');
  });
});
