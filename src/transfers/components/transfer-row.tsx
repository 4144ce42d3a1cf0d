import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Problem } from '../../contract/problem.ts';
import type { Transfer } from '../../contract/transfers.ts';
import { formatBytes } from '../../ui/bytes.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Row, type IRowFocus, type IVerb } from '../../ui/row.tsx';
import { said } from '../../ui/said.ts';
import { useTrans } from '../../ui/translation.ts';
import { wantsFacility } from '../../ui/wants-facility.ts';
import type { ITransferActions } from '../actions.ts';
import {
  figuresText,
  isFinished,
  progressText,
  shareDone,
  stateMeaning,
  stateText,
  timeLeftText,
  type ShownState
} from '../words.ts';

/** A mark and a word: never a colour alone. */
export function StateLabel(props: { readonly state: ShownState }): React.ReactElement {
  const trans = useTrans();
  return (
    <span
      className={`jp-panosc-State jp-mod-${props.state}`}
      title={stateMeaning(props.state, trans)}
    >
      {stateText(props.state, trans)}
    </span>
  );
}

function useVerb(
  transfer: Transfer,
  actions: ITransferActions,
  show: (result: Promise<Problem | null>) => void
): IVerb | undefined {
  const trans = useTrans();
  switch (transfer.state) {
    case 'queued':
    case 'running':
      return {
        label: trans.__('Cancel'),
        run: () => show(actions.cancel(transfer)),
        isShown: true
      };
    case 'needs-you':
      if (wantsFacility(transfer.problem)) {
        return {
          label: trans.__('Choose facility'),
          run: actions.chooseFacility,
          isUrgent: true
        };
      }
      return transfer.problem?.action === 'sign-in'
        ? { label: trans.__('Sign in'), run: actions.signIn, isUrgent: true }
        : { label: trans.__('Retry'), run: () => show(actions.retry(transfer)), isUrgent: true };
    case 'failed':
      return {
        label: trans.__('Retry'),
        run: () => show(actions.retry(transfer)),
        isUrgent: true
      };
    case 'cancelled':
      return {
        label: trans.__('Pull again'),
        run: () => show(actions.retry(transfer)),
        isShown: true
      };
    case 'verified':
    case 'as-sent':
      return { label: trans.__('Remove'), run: () => show(actions.remove(transfer)) };
  }
}

function secondLine(transfer: Transfer, folder: string, trans: TranslationBundle): string {
  switch (transfer.state) {
    case 'queued':
      return said(transfer.notice, trans) ?? trans.__('waits for its turn');
    case 'as-sent':
      return trans.__('%1, no checksum → %2', formatBytes(transfer.bytes), folder);
    case 'failed':
    case 'needs-you':
      return said(transfer.problem?.detail, trans) ?? figuresText(transfer, trans, true);
    case 'verified':
      return trans.__('%1 → %2', figuresText(transfer, trans, true), folder);
    case 'cancelled':
      return transfer.bytes === 0
        ? trans.__('nothing was pulled')
        : figuresText(transfer, trans, true);
    case 'running':
      return transfer.rate === null && transfer.notice !== null
        ? said(transfer.notice, trans)
        : figuresText(transfer, trans, true);
  }
}

/** One transfer in the sidebar. */
export function TransferRow(props: {
  readonly transfer: Transfer;
  /** Folder as people write it. */
  readonly folder: string;
  readonly focus: IRowFocus;
  readonly actions: ITransferActions;
  readonly onProblem: (problem: Problem | null) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { transfer, actions, onProblem } = props;
  const verb = useVerb(transfer, actions, result => void result.then(onProblem));
  const isMoving = transfer.state === 'running' || transfer.state === 'queued';
  const name = trans.__('%1 → %2', transfer.title, PathExt.basename(props.folder) || props.folder);
  const second = secondLine(transfer, props.folder, trans);
  return (
    <Row
      focus={props.focus}
      title={transfer.title}
      tooltip={`${transfer.title}\n${transfer.source}\n→ ${props.folder}`}
      aside={
        transfer.state === 'running' ? (
          <span>
            {progressText(transfer, trans)} · {timeLeftText(transfer, trans)}
          </span>
        ) : (
          <StateLabel state={transfer.state} />
        )
      }
      second={<span title={second}>{second}</span>}
      verb={verb}
      onOpen={() => actions.open(transfer)}
      hasOpeningTitle
      onRemove={
        isFinished(transfer) ? () => void actions.remove(transfer).then(onProblem) : undefined
      }
    >
      {isMoving && (
        <ProgressBar
          share={transfer.state === 'queued' ? null : shareDone(transfer)}
          label={name}
          valueText={`${progressText(transfer, trans)}, ${stateText(transfer.state, trans)}`}
        />
      )}
    </Row>
  );
}
