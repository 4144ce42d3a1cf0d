import type { JupyterFrontEnd } from '@jupyterlab/application';
import * as React from 'react';
import '../../style/transfers.css';
import { askListing } from '../companion/ask-listing.ts';
import { Submission } from '../companion/submission.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Problem } from '../contract/problem.ts';
import type { StartTransfer, Transfer } from '../contract/transfers.ts';
import type { IFacility } from '../facility/tokens.ts';
import { shortPath } from '../shell/server-paths.ts';
import { CopyAs } from '../ui/copy-as.tsx';
import { HelpContext } from '../ui/help.ts';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { Waiting } from '../ui/waiting.tsx';
import { PlanFacts } from './components/plan-facts.tsx';
import type { ITransfers } from './transfer-list.ts';
import { usePlan } from './use-plan.ts';

/** What is to be pulled. */
export interface IPullWish {
  readonly pid: string;
  readonly catalogue?: string;
}

interface IProps {
  readonly wish: IPullWish;
  /** Folder that is offered: `~/…` or absolute. */
  readonly to: string;
  readonly facility: IFacility;
  readonly companion: ICompanion;
  readonly transfers: ITransfers;
  readonly commands: JupyterFrontEnd['commands'];
  readonly close: () => void;
}

function useStart(props: IProps): {
  readonly start: (body: StartTransfer, needsSignIn: boolean) => Promise<void>;
  readonly isStarting: boolean;
  readonly problemOf: (body: StartTransfer) => Problem | null;
} {
  const { companion, transfers, close } = props;
  const [isStarting, setIsStarting] = React.useState(false);
  const [failure, setFailure] = React.useState<{
    readonly of: string;
    readonly problem: Problem;
  } | null>(null);
  const [submission] = React.useState(
    () => new Submission<StartTransfer, Transfer>(companion, 'transfers')
  );
  const start = async (body: StartTransfer, needsSignIn: boolean): Promise<void> => {
    setIsStarting(true);
    setFailure(null);
    try {
      companion.events.start();
      transfers.put(await submission.submit(body));
      close();
      await props.commands.execute('panosc-shell:open', { section: 'transfers' });
      if (needsSignIn) {
        await props.commands.execute('panosc-signin:start');
      }
    } catch (error) {
      setFailure({ of: JSON.stringify(body), problem: companion.problemOf(error) });
      setIsStarting(false);
    }
  };
  // What was wrong with one folder is not said of another.
  const problemOf = (body: StartTransfer): Problem | null =>
    failure?.of === JSON.stringify(body) ? failure.problem : null;
  return { start, isStarting, problemOf };
}

function requestOf(wish: IPullWish, to: string, only: string): StartTransfer {
  return {
    pid: wish.pid,
    ...(wish.catalogue === undefined ? {} : { catalogue: wish.catalogue }),
    ...(to === '' ? {} : { to }),
    ...(only === '' ? {} : { only })
  };
}

/** Says that the dialog is about another facility than the one it was opened for. */
function OtherFacility(props: { readonly facility: IFacility }): React.ReactElement {
  const trans = useTrans();
  const active = props.facility.value?.active ?? null;
  const [openedFor] = React.useState(active?.id);
  return (
    <div role="status">
      {active !== null && active.id !== openedFor && (
        <div className="jp-panosc-Hint">
          {trans.__('%1 is chosen now: the pull would come from there.', active.title)}
        </div>
      )}
    </div>
  );
}

/** Where a pull goes, what it would do, and the button that starts it. */
export function PullDialog(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { companion, commands, wish, facility } = props;
  useSignal(facility.changed);
  const [to, setTo] = React.useState(props.to);
  const [only, setOnly] = React.useState('');
  const body = requestOf(wish, to.trim(), only.trim());
  const { plan, problem, isLoading, again } = usePlan(companion, body);
  const starting = useStart(props);
  const needsSignIn = plan?.needsSignIn === true;
  const isAllowed = plan !== null && plan.fits !== false && plan.refusal === null;
  const canStart = isAllowed && !isLoading && !starting.isStarting;
  const folderId = React.useId();
  const onlyId = React.useId();
  const leaveFor = (command: string) => (): void => {
    props.close();
    void commands.execute(command);
  };
  const elsewhere = {
    onSignIn: leaveFor('panosc-signin:start'),
    onChooseFacility: leaveFor('panosc-facility:choose')
  };
  return (
    <form
      className="jp-panosc-Pull"
      onSubmit={event => {
        event.preventDefault();
        if (canStart) {
          void starting.start(body, needsSignIn);
        }
      }}
    >
      <label htmlFor={folderId}>{trans.__('To folder')}</label>
      <input
        id={folderId}
        className="jp-panosc-Input"
        value={to}
        maxLength={4096}
        spellCheck={false}
        data-autofocus
        onChange={event => setTo(event.target.value)}
      />
      <details className="jp-panosc-Details">
        <summary>{trans.__('Only some files')}</summary>
        <label htmlFor={onlyId}>{trans.__('Names like (*, ? and […])')}</label>
        <input
          id={onlyId}
          className="jp-panosc-Input"
          value={only}
          maxLength={200}
          spellCheck={false}
          placeholder="*.h5"
          onChange={event => setOnly(event.target.value)}
        />
      </details>
      <OtherFacility facility={facility} />
      <div aria-live="polite" className="jp-panosc-Pull-plan" aria-busy={isLoading}>
        {plan === null && isLoading && <Waiting what={trans.__('the store')} rows={4} />}
        {plan !== null && problem === null && (
          <PlanFacts plan={plan} folder={shortPath(plan.to, facility.value?.home ?? '')} />
        )}
      </div>
      <HelpContext.Provider value={facility.value?.active?.help ?? null}>
        <ProblemBanner problem={problem} onRetry={again} {...elsewhere} />
        <ProblemBanner
          problem={starting.problemOf(body)}
          onRetry={() => void starting.start(body, needsSignIn)}
          {...elsewhere}
        />
      </HelpContext.Provider>
      <div className="jp-panosc-Modal-footer">
        <CopyAs
          key={JSON.stringify(body)}
          commands={async code => code.pullCommands(body, await askListing(companion, body))}
        />
        <span className="jp-panosc-Grow" />
        <button type="button" className="jp-panosc-Button" onClick={props.close}>
          {trans.__('Cancel')}
        </button>
        <button
          type="submit"
          className="jp-panosc-Button jp-mod-accept"
          disabled={!canStart}
          aria-describedby={folderId}
        >
          {needsSignIn ? trans.__('Sign in and pull') : trans.__('Pull')}
        </button>
      </div>
    </form>
  );
}
