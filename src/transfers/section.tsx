import { clearIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/transfers.css';
import type { Problem } from '../contract/problem.ts';
import type { Transfer } from '../contract/transfers.ts';
import type { IFacility } from '../facility/tokens.ts';
import { shortPath } from '../shell/server-paths.ts';
import type { ISectionView } from '../shell/tokens.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { LiveRegion } from '../ui/live-region.tsx';
import { PagedList } from '../ui/paged-list.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { RowList } from '../ui/row.tsx';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import type { ITransferActions } from './actions.ts';
import { FailureBanner } from './components/failure-banner.tsx';
import { TransferRow } from './components/transfer-row.tsx';
import type { ITransfers } from './transfer-list.ts';
import { isFinished, progressText, stateText } from './words.ts';

interface IProps {
  readonly transfers: ITransfers;
  readonly facility: IFacility;
  readonly actions: ITransferActions;
}

function TransfersSection(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { transfers, facility, actions } = props;
  const [failure, setFailure] = React.useState<Problem | null>(null);
  useSignal(transfers.changed);
  useSignal(facility.changed);
  React.useEffect(() => {
    void transfers.load();
  }, [transfers]);
  const home = facility.value?.home ?? '';
  const active = facility.value?.active ?? null;
  const said = transfers.items
    .filter(transfer => !isFinished(transfer))
    .map(
      transfer =>
        `${transfer.title}: ${
          transfer.state === 'running'
            ? progressText(transfer, trans)
            : stateText(transfer.state, trans)
        }`
    )
    .join('. ');
  return (
    <>
      <FailureBanner problem={failure} actions={actions} onDismiss={() => setFailure(null)} />
      <ProblemBanner problem={transfers.problem} onRetry={() => void transfers.refresh()} />
      <PagedList
        list={transfers}
        waitingFor={trans.__('the companion')}
        empty={
          <EmptyState
            text={
              active?.features.pulls === false
                ? trans.__('Pulls are switched off at %1.', active.title)
                : trans.__(
                    'What you pull appears here, with its progress and whether its checksums agree. Find a dataset above and press Pull.'
                  )
            }
          />
        }
        more={{ label: trans.__('Show older ones'), run: () => void transfers.more() }}
      >
        <RowList
          label={trans.__('Transfers')}
          items={transfers.items}
          keyOf={transfer => transfer.id}
          renderRow={(transfer, focus) => (
            <TransferRow
              transfer={transfer}
              folder={shortPath(transfer.to, home)}
              focus={focus}
              actions={actions}
              onProblem={setFailure}
            />
          )}
        />
      </PagedList>
      <LiveRegion text={said} />
    </>
  );
}

/** How many there are of one kind; nothing for none. */
function Count(props: {
  readonly count: number;
  readonly mark: string;
  readonly label: string;
}): React.ReactElement | null {
  return props.count === 0 ? null : (
    <span className="jp-panosc-Count" title={props.label}>
      <span aria-hidden="true">
        {props.count} {props.mark}
      </span>
      <span className="jp-panosc-HiddenText">{props.label}</span>
    </span>
  );
}

function Toolbar(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { transfers, actions } = props;
  useSignal(transfers.changed);
  const count = (state: Transfer['state']): number =>
    transfers.items.filter(transfer => transfer.state === state).length;
  const running = count('running');
  const queued = count('queued');
  const forYou = count('needs-you');
  const finished = transfers.items.filter(isFinished);
  return (
    <>
      <Count count={running} mark="▸" label={trans._n('%1 running', '%1 running', running)} />
      <Count count={queued} mark="…" label={trans._n('%1 waiting', '%1 waiting', queued)} />
      <Count count={forYou} mark="!" label={trans._n('%1 needs you', '%1 need you', forYou)} />
      {finished.length > 0 && (
        <IconButton
          icon={clearIcon}
          label={trans.__('Remove finished transfers from the list')}
          onClick={() => finished.forEach(transfer => void actions.remove(transfer))}
        />
      )}
      <IconButton
        icon={refreshIcon}
        label={trans.__('Load the list again')}
        onClick={() => void transfers.refresh()}
      />
    </>
  );
}

/** The section *Transfers* of the sidebar. */
export function createTransfersSection(
  transfers: ITransfers,
  facility: IFacility,
  actions: ITransferActions
): ISectionView {
  const props = { transfers, facility, actions };
  return { render: () => <TransfersSection {...props} />, toolbar: () => <Toolbar {...props} /> };
}
