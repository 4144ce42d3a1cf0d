import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Widget } from '@lumino/widgets';
import { addOpenCommand } from '../open-command.ts';
import type { IMainAreaOptions } from '../tokens.ts';

type Commands = JupyterFrontEnd['commands'];
type Options = Parameters<Commands['addCommand']>[1];

function setUp(): { options: Options; opened: IMainAreaOptions[]; load: jest.Mock } {
  const added = new Map<string, Options>();
  const opened: IMainAreaOptions[] = [];
  const load = jest.fn();
  addOpenCommand(
    { addCommand: added.set.bind(added) } as unknown as Commands,
    {
      open: options => {
        opened.push(options);
        return new Widget();
      }
    },
    {
      command: 'panosc-images:open',
      label: 'Open Image',
      argument: 'ref',
      description: 'REPO:PATH of the image',
      kind: 'image',
      titleOf: ref => `title of ${ref}`,
      load
    }
  );
  const options = added.get('panosc-images:open');
  if (options === undefined) {
    throw new Error('no command was added');
  }
  return { options, opened, load };
}

describe('addOpenCommand', () => {
  it('opens one tab per thing, and says how to open it again', () => {
    const { options, opened, load } = setUp();
    void options.execute.call(undefined, { ref: 'a:/b' });
    expect(opened).toEqual([
      expect.objectContaining({
        id: 'image-a:/b',
        title: 'title of a:/b',
        command: 'panosc-images:open',
        args: { ref: 'a:/b' }
      })
    ]);
    const tab = new Widget();
    void opened[0]?.load(tab, { remember: jest.fn(), askBeforeClose: jest.fn() });
    expect(load).toHaveBeenCalledWith('a:/b', tab);
  });

  it('is hidden where nothing is named', () => {
    const { options } = setUp();
    const { isVisible } = options;
    expect(isVisible?.call(undefined, {})).toBe(false);
    expect(isVisible?.call(undefined, { ref: 'a:/b' })).toBe(true);
  });
});
