import * as React from 'react';
import { said } from './said.ts';
import { useTrans } from './translation.ts';

/** Something that is wrong, or doubtful, with what stands in a field. */
export interface IFieldFinding {
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

/** What the control inside a field must carry, so that label, hint and findings belong to it. */
export interface IFieldControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

/** Findings in words; *Error* and *Note* are said, not only coloured. */
export function FieldFindings(props: {
  readonly id?: string;
  readonly findings: readonly IFieldFinding[];
}): React.ReactElement {
  const trans = useTrans();
  return (
    <div id={props.id} className="jp-panosc-Findings" aria-live="polite">
      {props.findings.map(({ severity, text }) => (
        <div key={`${severity} ${text}`} className={`jp-panosc-Finding jp-mod-${severity}`}>
          <strong>{severity === 'error' ? trans.__('Change this:') : trans.__('Note:')}</strong>{' '}
          {said(text, trans)}
        </div>
      ))}
    </div>
  );
}

/** A label, its control, one line of help, and what is wrong beside it. */
export function Field(props: {
  readonly label: string;
  readonly hint?: React.ReactNode;
  readonly findings?: readonly IFieldFinding[];
  readonly children: (control: IFieldControl) => React.ReactNode;
}): React.ReactElement {
  const id = React.useId();
  const findings = props.findings ?? [];
  const hasHint = props.hint != null && props.hint !== '';
  const describedBy = [
    ...(hasHint ? [`${id}-hint`] : []),
    ...(findings.length > 0 ? [`${id}-findings`] : [])
  ].join(' ');
  return (
    <div className="jp-panosc-Field">
      <label htmlFor={id}>{props.label}</label>
      {props.children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': findings.some(({ severity }) => severity === 'error') ? true : undefined
      })}
      {hasHint && (
        <div id={`${id}-hint`} className="jp-panosc-Field-hint">
          {props.hint}
        </div>
      )}
      <FieldFindings id={`${id}-findings`} findings={findings} />
    </div>
  );
}
