import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICompanion } from '../companion/tokens.ts';
import { ISidebar, CATEGORY } from '../shell/tokens.ts';
import { ISignin } from './tokens.ts';

/** Commands of this domain. */
const CommandIDs = { start: 'panosc-signin:start', signOut: 'panosc-signin:sign-out' } as const;

/** Sign in and sign out from the palette, menus and the button of every problem that wants it. */
export const signinCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-panosc:signin-commands',
  description: 'Commands to sign in and out at the facility.',
  autoStart: true,
  requires: [ISignin, ISidebar, ICompanion],
  optional: [ITranslator, ICommandPalette],
  // Lab hands services over by position.
  // eslint-disable-next-line max-params
  activate: (
    app: JupyterFrontEnd,
    signin: ISignin,
    sidebar: ISidebar,
    companion: ICompanion,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_panosc');
    app.commands.addCommand(CommandIDs.start, {
      label: trans.__('Sign In…'),
      caption: trans.__('Sign in at your facility with a code'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => sidebar.reveal('signin')
    });
    app.commands.addCommand(CommandIDs.signOut, {
      label: trans.__('Sign Out'),
      caption: trans.__('Forget the tokens and revoke them at the provider'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        const { signOut } = await import(/* webpackChunkName: "panosc-signin" */ './sign-out.ts');
        return signOut(signin, companion, trans);
      }
    });
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__(CATEGORY) });
    }
  }
};
