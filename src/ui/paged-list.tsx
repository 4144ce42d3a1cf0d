import * as React from 'react';
import type { Problem } from '../contract/problem.ts';
import { EmptyState } from './empty-state.tsx';
import { useTrans } from './translation.ts';
import { Waiting } from './waiting.tsx';

/** A list that is loaded page by page, as far as it has come. */
export interface IPagedList {
  readonly items: readonly unknown[];
  readonly hasMore: boolean;
  /** An answer has come: an empty list now means that there is nothing. */
  readonly isLoaded: boolean;
  readonly isLoading: boolean;
  /** What is there answers an older question. */
  readonly isOutdated?: boolean;
  /** A person gave up waiting. */
  readonly isStopped?: boolean;
  readonly problem: Problem | null;
}

interface IProps {
  readonly list: IPagedList;
  /** Such as "the catalogue". */
  readonly waitingFor: string;
  readonly waitingRows?: number;
  readonly onStop?: () => void;
  /** After waiting was given up. */
  readonly onRetry?: () => void;
  /** Shown when there is nothing. */
  readonly empty: React.ReactNode;
  /** How a person comes to what is not shown yet. */
  readonly more?: { readonly label: string; readonly run: () => void };
  /** The rows. */
  readonly children: React.ReactNode;
}

function NoRows(props: IProps): React.ReactElement | null {
  const trans = useTrans();
  const { list, waitingFor, waitingRows, onStop, onRetry } = props;
  if (list.isLoading) {
    return <Waiting what={waitingFor} rows={waitingRows} onStop={onStop} />;
  }
  if (list.isStopped === true) {
    return (
      <EmptyState text={trans.__('No longer waiting for %1.', waitingFor)}>
        <button type="button" className="jp-panosc-Button" onClick={onRetry}>
          {trans.__('Try again')}
        </button>
      </EmptyState>
    );
  }
  return list.isLoaded ? <>{props.empty}</> : null;
}

/** The states of a list that is loaded page by page: waiting, given up, nothing there, its rows and how to get more. */
export function PagedList(props: IProps): React.ReactElement {
  const { list, more, waitingFor, onStop } = props;
  const isOutdated = list.isOutdated === true;
  return (
    <>
      {list.items.length > 0 && isOutdated && (
        <Waiting what={waitingFor} rows={0} onStop={onStop} />
      )}
      {list.items.length === 0 ? (
        <NoRows {...props} />
      ) : (
        <div className="jp-panosc-PagedRows" aria-busy={isOutdated}>
          {props.children}
        </div>
      )}
      {list.hasMore && more !== undefined && (
        // Not `disabled`, which would take the focus away; lists ask for a page once.
        <button
          type="button"
          className="jp-panosc-Button jp-panosc-LinkButton"
          aria-disabled={list.isLoading}
          onClick={more.run}
        >
          {more.label}
        </button>
      )}
    </>
  );
}
