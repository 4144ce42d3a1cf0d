import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Widget } from '@lumino/widgets';
import type { ReactElement } from 'react';
import type { IMainArea } from './tokens.ts';

/** A command that opens the tab of one thing. */
interface IOpenCommand {
  /** Such as `panosc-jobs:open`. */
  readonly command: string;
  /** Translated. */
  readonly label: string;
  /** Argument that says which thing. */
  readonly argument: 'id' | 'ref';
  /** What the argument is. Translated. */
  readonly description: string;
  /** Begins the ids of its tabs. */
  readonly kind: string;
  /** Until the thing has told its own. */
  readonly titleOf: (which: string) => string;
  /** Loads the code and gives the content. */
  readonly load: (which: string, tab: Widget) => Promise<ReactElement>;
}

/** Adds a command that opens the tab of one thing, and brings it back after a reload. Hidden where nothing is named. */
export function addOpenCommand(
  commands: JupyterFrontEnd['commands'],
  mainArea: IMainArea,
  { command, label, argument, description, kind, titleOf, load }: IOpenCommand
): void {
  commands.addCommand(command, {
    label,
    describedBy: {
      args: {
        type: 'object',
        required: [argument],
        properties: { [argument]: { type: 'string', description } }
      }
    },
    isVisible: args => typeof args[argument] === 'string',
    execute: args => {
      const which = args[argument] as string;
      mainArea.open({
        id: `${kind}-${which}`,
        title: titleOf(which),
        command,
        args: { [argument]: which },
        load: tab => load(which, tab)
      });
    }
  });
}
