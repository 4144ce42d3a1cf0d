import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import '../../style/doctor.css';
import { Resource } from '../companion/resource.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { CheckResult, CheckState, Doctor } from '../contract/doctor.ts';
import type { Problem } from '../contract/problem.ts';
import { CopyAs } from '../ui/copy-as.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { exactTime, formatClock } from '../ui/time.ts';
import { said } from '../ui/said.ts';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { Waiting } from '../ui/waiting.tsx';
import { doctorWithout } from './without-companion.ts';

/** A word beside the colour: not everybody sees colours. */
function stateWord(state: CheckState, trans: TranslationBundle): string {
  switch (state) {
    case 'ok':
      return trans.__('in order');
    case 'warning':
      return trans.__('look here');
    case 'failed':
      return trans.__('broken');
    case 'skipped':
      return trans.__('nothing to check');
    case 'unknown':
      return trans.__('not checked');
  }
}

function verdict(checks: readonly CheckResult[], trans: TranslationBundle): string {
  const count = (state: CheckState): number => checks.filter(check => check.state === state).length;
  const failed = count('failed');
  const warnings = count('warning');
  if (failed > 0) {
    return trans._n('One thing is broken.', '%1 things are broken.', failed);
  }
  const unknown = count('unknown');
  if (warnings > 0) {
    return trans._n('It works. Look at one thing.', 'It works. Look at %1 things.', warnings);
  }
  return unknown > 0
    ? trans._n('One thing could not be checked.', '%1 things could not be checked.', unknown)
    : trans.__('Everything is in order.');
}

const worstFirst: readonly CheckState[] = ['failed', 'warning', 'unknown', 'ok', 'skipped'];

function Check({ check }: { readonly check: CheckResult }): React.ReactElement {
  const trans = useTrans();
  return (
    <li className="jp-panosc-Check" data-state={check.state}>
      <span className="jp-panosc-Check-state">{stateWord(check.state, trans)}</span>
      <div>
        <div className="jp-panosc-Check-title" title={check.id}>
          {said(check.title, trans)}
        </div>
        <div>{said(check.text, trans)}</div>
        {check.cure !== null && (
          <div className="jp-panosc-Check-cure">{said(check.cure, trans)}</div>
        )}
      </div>
    </li>
  );
}

function Found({ doctor }: { readonly doctor: Doctor }): React.ReactElement {
  const trans = useTrans();
  const checks = doctor.checks.toSorted(
    (a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state)
  );
  return (
    <>
      <p role="status">
        <strong>{verdict(checks, trans)}</strong>{' '}
        <span title={exactTime(doctor.at)}>
          {trans.__('Looked at %1.', formatClock(doctor.at))}
        </span>
      </p>
      <ul className="jp-panosc-Checks">
        {checks.map(check => (
          <Check key={check.id} check={check} />
        ))}
      </ul>
      <section aria-label={trans.__('Report a problem')}>
        <h2>{trans.__('Report a problem')}</h2>
        <p>
          {trans.__(
            'Send this text to whoever helps you. It holds no token and no password. Read it before you send it.'
          )}
        </p>
        <CopyButton showLabel label={trans.__('Copy the report')} text={doctor.report} />
        <pre className="jp-panosc-Report">{doctor.report}</pre>
      </section>
    </>
  );
}

/** Nobody answers: what is broken is told all the same. */
function FoundWithout({ problem }: { readonly problem: Problem }): React.ReactElement {
  const trans = useTrans();
  const doctor = React.useMemo(
    () => doctorWithout(problem, new Date().toISOString(), trans),
    [problem, trans]
  );
  return <Found doctor={doctor} />;
}

function DoctorTab({ resource }: { readonly resource: Resource<Doctor> }): React.ReactElement {
  const trans = useTrans();
  useSignal(resource.changed);
  React.useEffect(() => {
    void resource.load();
    return () => resource.dispose();
  }, [resource]);
  const { isLoading, problem, value } = resource;
  return (
    <div className="jp-panosc-Doctor" aria-busy={isLoading}>
      <h1>{trans.__('Self-check')}</h1>
      <div className="jp-panosc-Buttons">
        <button
          type="button"
          className="jp-panosc-Button"
          disabled={isLoading}
          onClick={() => void resource.refresh()}
        >
          {isLoading ? trans.__('Looking…') : trans.__('Look again')}
        </button>
        <CopyAs commands={code => code.selfCheckCommands()} />
      </div>
      {value !== null && (
        <>
          <ProblemBanner problem={problem} onRetry={() => void resource.refresh()} />
          <Found doctor={value} />
        </>
      )}
      {value === null && problem !== null && <FoundWithout problem={problem} />}
      {value === null && problem === null && isLoading && (
        <Waiting what={trans.__('the checks')} rows={6} />
      )}
    </div>
  );
}

/** The tab *Self-check*. It looks when it is opened, when another facility is chosen, and when it is asked to. */
export function createDoctorTab(companion: ICompanion): React.ReactElement {
  return <DoctorTab resource={new Resource<Doctor>(companion, 'doctor', ['facility'])} />;
}
