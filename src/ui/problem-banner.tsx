import * as React from 'react';
import type { Problem } from '../contract/problem.ts';
import { CopyButton } from './copy-button.tsx';
import { HelpContext } from './help.ts';
import { said } from './said.ts';
import { useTrans } from './translation.ts';
import { wantsFacility } from './wants-facility.ts';

/** What the buttons of a banner do; a button is shown only where there is something for it to do. */
export interface IProblemActions {
  /** For `sign-in` problems. */
  readonly onSignIn?: (() => void) | undefined;
  /** For problems that only the choice of a facility ends. */
  readonly onChooseFacility?: (() => void) | undefined;
  /** For `retry` problems. */
  readonly onRetry?: () => void;
  readonly onDismiss?: () => void;
}

function detailsText(problem: Problem): string {
  const facts = Object.entries({
    problem: problem.type,
    status: problem.status,
    request: problem.instance,
    ...problem.extra
  }).filter(([, value]) => value != null && value !== 0);
  return facts.map(([key, value]) => `${key}: ${String(value)}`).join('\n');
}

/**
 * A problem as a person reads it: what happened, what to do now with its button or whom to ask,
 * and under *Details* what somebody who helps will ask for.
 */
export function ProblemBanner(
  props: { readonly problem: Problem | null } & IProblemActions
): React.ReactElement | null {
  const trans = useTrans();
  const help = React.useContext(HelpContext);
  const { problem } = props;
  if (problem === null) {
    return null;
  }
  const isAboutJupyter = problem.type.endsWith('/jupyter') && [401, 403].includes(problem.status);
  const isForOthers = problem.action === 'contact' || (problem.status === 403 && !isAboutJupyter);
  const isForChooser = wantsFacility(problem);
  const details = detailsText(problem);
  return (
    <div className="jp-panosc-Problem" role="alert">
      <div className="jp-panosc-Problem-title">{said(problem.title, trans)}</div>
      <div className="jp-panosc-Problem-detail">{said(problem.detail, trans)}</div>
      {isForOthers && help !== null && <div className="jp-panosc-Problem-detail">{help}</div>}
      <div className="jp-panosc-Buttons">
        {problem.action === 'sign-in' && props.onSignIn && (
          <button type="button" className="jp-panosc-Button jp-mod-accept" onClick={props.onSignIn}>
            {trans.__('Sign in')}
          </button>
        )}
        {isForChooser && props.onChooseFacility && (
          <button
            type="button"
            className="jp-panosc-Button jp-mod-accept"
            onClick={props.onChooseFacility}
          >
            {trans.__('Choose facility')}
          </button>
        )}
        {problem.action === 'retry' && !isForChooser && props.onRetry && (
          <button type="button" className="jp-panosc-Button jp-mod-accept" onClick={props.onRetry}>
            {trans.__('Retry')}
          </button>
        )}
        {isAboutJupyter && (
          <button
            type="button"
            className="jp-panosc-Button jp-mod-accept"
            onClick={() => window.location.reload()}
          >
            {trans.__('Reload the page')}
          </button>
        )}
        {props.onDismiss && (
          <button type="button" className="jp-panosc-Button" onClick={props.onDismiss}>
            {trans.__('Dismiss')}
          </button>
        )}
      </div>
      <details className="jp-panosc-Details">
        <summary>{trans.__('Details')}</summary>
        <pre>{details}</pre>
        <CopyButton
          showLabel
          label={trans.__('Copy details')}
          text={`${problem.title}\n${problem.detail}\n${details}`}
        />
      </details>
    </div>
  );
}
