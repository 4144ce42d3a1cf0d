import * as React from 'react';
import { PagedSearch } from '../companion/paged-search.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset, DatasetFile } from '../contract/datasets.ts';
import { useSignal } from '../ui/use-signal.ts';

const PAGE_ROWS = 100;

/** Which files: those of one dataset. */
type FilesQuery = Readonly<Pick<Dataset, 'pid' | 'catalogue'>>;

/** Loads the files of a dataset page by page; the component must be keyed by the dataset. */
export function useDatasetFiles(
  companion: ICompanion,
  { pid, catalogue }: Dataset
): PagedSearch<FilesQuery, DatasetFile> {
  const files = React.useMemo(
    () =>
      new PagedSearch<FilesQuery, DatasetFile>(companion, {
        path: 'datasets/files',
        query: { pid, catalogue },
        pageRows: PAGE_ROWS
      }),
    [companion, pid, catalogue]
  );
  useSignal(files.changed);
  React.useEffect(() => {
    files.run();
    return () => files.dispose();
  }, [files]);
  return files;
}
