import { caretDownIcon, userIcon } from '@jupyterlab/ui-components';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Facility } from '../contract/facility.ts';
import type { SigninState } from '../contract/signin.ts';
import { exactTime, formatDuration } from '../ui/time.ts';
import { useTrans } from '../ui/translation.ts';
import { useNow } from '../ui/use-now.ts';
import { HELP_ITEMS, openMenu } from './open-menu.ts';

const TICK_MS = 30_000;
const ACCOUNT = 'panosc-shell:account';

/** With whom, and how long still: what the account's tooltip and menu say. */
function accountText(
  account: SigninState['account'],
  secondsLeft: number | null,
  trans: TranslationBundle
): string | null {
  if (account === null) {
    return null;
  }
  const { providerTitle } = account;
  if (secondsLeft === null) {
    return trans.__('Signed in with %1, renewed by itself', providerTitle);
  }
  return secondsLeft > 0
    ? trans.__('Signed in with %1, %2 left', providerTitle, formatDuration(secondsLeft, trans))
    : trans.__('Signed in with %1, ended', providerTitle);
}

/** The line in the account's menu that only says something. */
function useAccountLine(commands: JupyterFrontEnd['commands'], text: string | null): void {
  React.useEffect(() => {
    if (text === null) {
      return;
    }
    const line = commands.addCommand(ACCOUNT, {
      label: text,
      className: 'jp-panosc-AccountLine',
      isEnabled: () => false,
      execute: () => undefined,
      describedBy: { args: { type: 'object', properties: {} } }
    });
    return () => line.dispose();
  }, [commands, text]);
}

/** Who is here and at which facility; both open a menu. */
export function Header(props: {
  readonly facility: Facility;
  readonly signin: SigninState | null;
  readonly commands: JupyterFrontEnd['commands'];
}): React.ReactElement {
  const trans = useTrans();
  const now = useNow(TICK_MS);
  const { facility, signin, commands } = props;
  const account = signin?.account ?? null;
  const hasProviders = (facility.active?.providers.length ?? 0) > 0;
  const secondsLeft =
    account === null || account.renews ? null : (Date.parse(account.expiresAt) - now) / 1000;
  const said = accountText(account, secondsLeft, trans);
  useAccountLine(commands, said);
  const who = account?.name ?? (hasProviders ? trans.__('Not signed in') : trans.__('Open data'));
  return (
    <div className="jp-panosc-Header">
      <button
        type="button"
        className="jp-panosc-Button jp-panosc-Header-who"
        aria-haspopup="menu"
        aria-label={trans.__('Account: %1', who)}
        title={said === null ? who : `${who}\n${said}`}
        onClick={event =>
          openMenu(event.currentTarget, commands, [
            ...(account === null ? [] : [ACCOUNT, null]),
            ...(hasProviders
              ? [account === null ? 'panosc-signin:start' : 'panosc-signin:sign-out']
              : []),
            'panosc-facility:choose',
            null,
            ...HELP_ITEMS
          ])
        }
      >
        <userIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
        <span className="jp-panosc-Header-name">{who}</span>
        {secondsLeft !== null && (
          <span className="jp-panosc-Header-left" title={exactTime(account?.expiresAt)}>
            {secondsLeft > 0 ? formatDuration(secondsLeft, trans) : trans.__('ended')}
          </span>
        )}
      </button>
      <button
        type="button"
        className="jp-panosc-Button jp-panosc-Header-where"
        aria-haspopup="menu"
        aria-label={trans.__('Facility: %1', facility.active?.title ?? '')}
        title={facility.active?.title}
        onClick={event => openMenu(event.currentTarget, commands, ['panosc-facility:choose'])}
      >
        <span className="jp-panosc-Header-name">{facility.active?.title}</span>
        <caretDownIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
      </button>
    </div>
  );
}
