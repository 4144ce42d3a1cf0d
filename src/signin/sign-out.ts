import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICompanion } from '../companion/tokens.ts';
import type { Health } from '../contract/health.ts';
import type { ISignin } from './tokens.ts';

async function unfinishedPulls(companion: ICompanion): Promise<number> {
  try {
    return (await companion.get<Health>('health')).unfinished.transfers;
  } catch {
    return 0; // signing out must always be possible
  }
}

/** Signs out; where pulls are under way it says first what becomes of them. */
export async function signOut(
  signin: ISignin,
  companion: ICompanion,
  trans: TranslationBundle
): Promise<void> {
  const pulls = await unfinishedPulls(companion);
  if (pulls > 0) {
    const { button } = await showDialog({
      title: trans.__('Sign out while data is pulled?'),
      body: trans._n(
        '%1 pull is not finished. If it needs your sign-in, it stops and waits until you sign in again; nothing that has come is lost.',
        '%1 pulls are not finished. Those that need your sign-in stop and wait until you sign in again; nothing that has come is lost.',
        pulls
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Stay signed in') }),
        Dialog.okButton({ label: trans.__('Sign out') })
      ]
    });
    if (!button.accept) {
      return;
    }
  }
  await signin.signOut();
}
