import * as React from 'react';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset, DatasetFile } from '../contract/datasets.ts';
import type { Page } from '../contract/paging.ts';
import type { Problem } from '../contract/problem.ts';

const PAGE_ROWS = 100;

/** The files of a dataset as far as they were loaded. */
export interface IDatasetFiles {
  readonly items: readonly DatasetFile[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly problem: Problem | null;
  readonly more: () => void;
}

interface ILoaded {
  readonly items: readonly DatasetFile[];
  readonly cursor: string | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
}

const NOTHING: ILoaded = { items: [], cursor: null, problem: null, isLoading: true };

/** Loads the files of a dataset page by page; the component must be keyed by the dataset. */
export function useDatasetFiles(companion: ICompanion, dataset: Dataset): IDatasetFiles {
  const [loaded, setLoaded] = React.useState<ILoaded>(NOTHING);
  const [wanted, setWanted] = React.useState<{ cursor: string | null }>({ cursor: null });
  const { pid, catalogue } = dataset;
  React.useEffect(() => {
    const running = new AbortController();
    companion
      .get<Page<DatasetFile>>(
        'datasets/files',
        { pid, catalogue, cursor: wanted.cursor, limit: PAGE_ROWS },
        running.signal
      )
      .then(
        page =>
          setLoaded(before => ({
            items: wanted.cursor === null ? page.items : [...before.items, ...page.items],
            cursor: page.cursor,
            problem: null,
            isLoading: false
          })),
        (error: unknown) => {
          if (!isAbort(error)) {
            const problem = companion.problemOf(error);
            setLoaded(before => ({ ...before, problem, isLoading: false }));
          }
        }
      );
    return () => running.abort();
  }, [companion, pid, catalogue, wanted]);
  return {
    items: loaded.items,
    hasMore: loaded.cursor !== null,
    isLoading: loaded.isLoading,
    problem: loaded.problem,
    more: () => {
      if (!loaded.isLoading) {
        setLoaded({ ...loaded, isLoading: true, problem: null });
        setWanted({ cursor: loaded.problem === null ? loaded.cursor : wanted.cursor });
      }
    }
  };
}
