import type { JupyterFrontEnd } from '@jupyterlab/application';
import * as React from 'react';
import '../../style/transfers.css';
import { askListing } from '../companion/ask-listing.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Problem } from '../contract/problem.ts';
import type { Transfer, TransferFile } from '../contract/transfers.ts';
import type { IFacility } from '../facility/tokens.ts';
import { shortPath, toContentsPath } from '../shell/server-paths.ts';
import { formatBytes, formatCount, UNKNOWN } from '../ui/bytes.ts';
import { CopyAs } from '../ui/copy-as.tsx';
import { LiveRegion } from '../ui/live-region.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { exactTime, formatClock } from '../ui/time.ts';
import { said } from '../ui/said.ts';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { VirtualList } from '../ui/virtual-list.tsx';
import { wantsFacility } from '../ui/wants-facility.ts';
import { Waiting } from '../ui/waiting.tsx';
import type { ITransferActions } from './actions.ts';
import { FailureBanner } from './components/failure-banner.tsx';
import { StateLabel } from './components/transfer-row.tsx';
import type { ITransfers } from './transfer-list.ts';
import { useTransferFiles } from './transfer-files.ts';
import { figuresText, isFinished, progressText, shareDone, stateMeaning } from './words.ts';

const ROW_PX = 28;

interface IProps {
  readonly id: string;
  readonly companion: ICompanion;
  readonly transfers: ITransfers;
  readonly facility: IFacility;
  readonly actions: ITransferActions;
  readonly commands: JupyterFrontEnd['commands'];
}

function FileCells(props: {
  readonly file: TransferFile;
  /** It will not be taken up by itself any more. */
  readonly isGivenUp: boolean;
}): React.ReactElement {
  const trans = useTrans();
  const { file } = props;
  const trouble = said(file.problem?.detail, trans);
  const checksum =
    file.checksum === null
      ? UNKNOWN
      : `${file.checksum.algorithm} · ${said(file.checksum.source, trans)}`;
  return (
    <>
      <span role="gridcell" className="jp-panosc-Cell jp-mod-grow" title={file.path}>
        {file.path}
      </span>
      <span role="gridcell" className="jp-panosc-Cell jp-mod-number">
        {formatBytes(file.state === 'running' ? file.bytes : file.sizeBytes)}
      </span>
      <span role="gridcell" className="jp-panosc-Cell jp-mod-state">
        <StateLabel
          state={props.isGivenUp && file.state === 'waiting' ? 'not-pulled' : file.state}
        />
      </span>
      <span
        role="gridcell"
        className="jp-panosc-Cell jp-mod-note"
        title={trouble ?? file.checksum?.value}
      >
        {trouble ?? checksum}
      </span>
    </>
  );
}

function Files(props: {
  readonly companion: ICompanion;
  readonly transfer: Transfer;
}): React.ReactElement {
  const trans = useTrans();
  const files = useTransferFiles(props.companion, props.transfer);
  const columns: readonly (readonly [string, string])[] = [
    [trans.__('File'), 'jp-mod-grow'],
    [trans.__('Size'), 'jp-mod-number'],
    [trans.__('State'), 'jp-mod-state'],
    [trans.__('Checksum, or what is wrong'), 'jp-mod-note']
  ];
  return (
    <div className="jp-panosc-Transfer-files">
      <ProblemBanner problem={files.problem} onRetry={files.again} />
      <VirtualList
        label={trans.__('Files')}
        items={files.items}
        total={props.transfer.files.total}
        rowHeight={ROW_PX}
        keyOf={file => file.path}
        header={columns.map(([name, modifier]) => (
          <span key={name} role="columnheader" className={`jp-panosc-Cell ${modifier}`}>
            {name}
          </span>
        ))}
        renderRow={file => (
          <FileCells file={file} isGivenUp={props.transfer.state === 'cancelled'} />
        )}
        {...(files.hasMore ? { onEnd: files.more } : {})}
      />
    </div>
  );
}

function Actions(
  props: IProps & {
    readonly transfer: Transfer;
    readonly onProblem: (problem: Problem | null) => void;
  }
): React.ReactElement {
  const trans = useTrans();
  const { transfer, actions, commands, onProblem } = props;
  const isDone = transfer.state === 'verified' || transfer.state === 'as-sent';
  const canRetry =
    transfer.state === 'failed' ||
    (transfer.state === 'needs-you' && !wantsFacility(transfer.problem));
  const folder = toContentsPath(transfer.to, props.facility.value?.home ?? '');
  const button = (label: string, run: () => Promise<Problem | null>): React.ReactElement => (
    <button
      type="button"
      className="jp-panosc-Button"
      // The second click of a double click was not meant for what the first one put there.
      onClick={event => event.detail < 2 && void run().then(onProblem)}
    >
      {label}
    </button>
  );
  return (
    <div className="jp-panosc-Buttons">
      {folder !== null && (isDone || transfer.bytes > 0) && (
        <button
          type="button"
          className={`jp-panosc-Button${isDone ? ' jp-mod-accept' : ''}`}
          onClick={() => void commands.execute('filebrowser:open-path', { path: folder })}
        >
          {trans.__('Open folder')}
        </button>
      )}
      {isDone && (
        <button
          type="button"
          className="jp-panosc-Button"
          onClick={() => void commands.execute('panosc-jobs:new', { inputs: transfer.to })}
        >
          {trans.__('Use in a job')}
        </button>
      )}
      {canRetry && button(trans.__('Retry'), () => actions.retry(transfer))}
      {transfer.state === 'cancelled' &&
        button(trans.__('Pull again'), () => actions.retry(transfer))}
      {isDone && button(trans.__('Verify again'), () => actions.verify(transfer))}
      {isFinished(transfer)
        ? button(trans.__('Remove from the list'), () => actions.remove(transfer))
        : button(trans.__('Cancel'), () => actions.cancel(transfer))}
      <CopyAs
        commands={async code =>
          code.transferCommands(transfer, isDone, await askListing(props.companion, transfer))
        }
      />
    </div>
  );
}

function Loaded(props: IProps & { readonly transfer: Transfer }): React.ReactElement {
  const trans = useTrans();
  const { transfer, actions, facility } = props;
  const [failure, setFailure] = React.useState<Problem | null>(null);
  const home = facility.value?.home ?? '';
  const meaning = stateMeaning(transfer.state, trans);
  const { files } = transfer;
  return (
    <div className="jp-panosc-Transfer">
      <h1>{transfer.title}</h1>
      <dl className="jp-panosc-Facts">
        <dt>{trans.__('From')}</dt>
        <dd>{transfer.source}</dd>
        <dt>{trans.__('To')}</dt>
        <dd title={transfer.to}>{shortPath(transfer.to, home)}</dd>
        <dt>{trans.__('State')}</dt>
        <dd>
          <StateLabel state={transfer.state} /> {meaning}
        </dd>
        <dt>{trans.__('Started')}</dt>
        <dd title={exactTime(transfer.createdAt)}>{formatClock(transfer.createdAt)}</dd>
        {transfer.state !== 'cancelled' && (
          <>
            <dt>{trans.__('Verified')}</dt>
            <dd>
              {trans.__(
                '%1 of %2 files agree with a checksum of the facility',
                formatCount(files.verified),
                formatCount(files.total)
              )}
            </dd>
          </>
        )}
      </dl>
      {!isFinished(transfer) && (
        <ProgressBar
          share={transfer.state === 'queued' ? null : shareDone(transfer)}
          label={transfer.title}
          valueText={progressText(transfer, trans)}
        />
      )}
      <p className="jp-panosc-Figures">
        {transfer.state === 'cancelled' && transfer.bytes === 0
          ? trans.__('Nothing was pulled.')
          : figuresText(transfer, trans)}
      </p>
      {transfer.notice !== null && (
        <p className="jp-panosc-Hint" role="status">
          {said(transfer.notice, trans)}
        </p>
      )}
      <ProblemBanner
        problem={transfer.problem}
        onSignIn={actions.signIn}
        onChooseFacility={actions.chooseFacility}
        onRetry={() => void actions.retry(transfer).then(setFailure)}
      />
      <FailureBanner problem={failure} actions={actions} onDismiss={() => setFailure(null)} />
      <Actions {...props} onProblem={setFailure} />
      <Files companion={props.companion} transfer={transfer} />
      <LiveRegion text={progressText(transfer, trans)} />
    </div>
  );
}

/** The tab of one transfer: from, to, bar, files, and what can be done. */
export function TransferTab(
  props: IProps & { readonly onTitle: (title: string) => void }
): React.ReactElement {
  const trans = useTrans();
  const { id, companion, transfers, facility } = props;
  const [problem, setProblem] = React.useState<Problem | null>(null);
  useSignal(transfers.changed);
  useSignal(facility.changed);
  React.useEffect(() => {
    void transfers.load();
    void facility.load();
    companion.get<Transfer>(`transfers/${encodeURIComponent(id)}`).then(
      transfer => transfers.put(transfer),
      (error: unknown) => setProblem(companion.problemOf(error))
    );
  }, [companion, transfers, facility, id]);
  const transfer = transfers.get(id);
  const title = transfer?.title;
  const { onTitle } = props;
  React.useEffect(() => {
    if (title !== undefined) {
      onTitle(title);
    }
  }, [title, onTitle]);
  if (transfer === undefined) {
    return (
      <div className="jp-panosc-Transfer">
        {problem === null ? (
          <Waiting what={trans.__('the companion')} rows={4} />
        ) : (
          <ProblemBanner problem={problem} />
        )}
      </div>
    );
  }
  return <Loaded {...props} transfer={transfer} />;
}
