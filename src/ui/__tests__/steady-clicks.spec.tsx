import { nullTranslator } from '@jupyterlab/translation';
import { act } from '@testing-library/react';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { createReactPanel } from '../react-panel.tsx';

const trans = nullTranslator.load('jupyterlab_panosc');
const press = jest.fn<void, [string]>();

/** As the browser does: a click, and after the second one a double click. */
async function click(element: Element, at: number, y: number, count = 1): Promise<void> {
  await act(async () => {
    for (const type of count === 2 ? ['click', 'dblclick'] : ['click']) {
      const event = new MouseEvent(type, { bubbles: true, clientX: 10, clientY: y, detail: count });
      Object.defineProperty(event, 'timeStamp', { value: at });
      element.dispatchEvent(event);
    }
  });
}

/** "Sign in" puts a box above, and a row with its verb comes under the pointer. */
async function setUp(): Promise<(name: string) => Element> {
  press.mockClear();
  function View(): React.ReactElement {
    return (
      <>
        <button onClick={() => press('sign-in')}>Sign in</button>
        <div role="row" tabIndex={0} onDoubleClick={() => press('open')}>
          <button onClick={() => press('pull')}>Pull</button>
        </div>
      </>
    );
  }
  const panel = createReactPanel(<View />, trans);
  await act(async () => Widget.attach(panel, document.body));
  return name =>
    (name === 'row'
      ? panel.node.querySelector('[role="row"]')
      : [...panel.node.querySelectorAll('button')].find(
          ({ textContent }) => textContent === name
        )) ?? panel.node;
}

describe('clicks', () => {
  it('that follow a click at the same place on something else press nothing', async () => {
    const get = await setUp();
    await click(get('Sign in'), 100_000, 300);
    await click(get('Pull'), 100_150, 302, 2);
    await click(get('row'), 100_200, 302, 2);
    expect(press.mock.calls).toEqual([['sign-in']]);
    await click(get('Pull'), 101_000, 302);
    expect(press.mock.calls).toEqual([['sign-in'], ['pull']]);
  });

  it('elsewhere, on the same thing, or by the keyboard do what they always do', async () => {
    const get = await setUp();
    await click(get('Sign in'), 200_000, 300);
    await click(get('Pull'), 200_100, 340);
    await click(get('row'), 201_000, 300);
    await click(get('row'), 201_100, 300, 2);
    expect(press.mock.calls).toEqual([['sign-in'], ['pull'], ['open']]);
    (get('Sign in') as HTMLButtonElement).click();
    (get('Pull') as HTMLButtonElement).click();
    expect(press).toHaveBeenCalledTimes(5);
  });
});
