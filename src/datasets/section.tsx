import type { JupyterFrontEnd } from '@jupyterlab/application';
import { launchIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/datasets.css';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset } from '../contract/datasets.ts';
import type { ISectionView } from '../shell/tokens.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { RowList } from '../ui/row.tsx';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { Waiting } from '../ui/waiting.tsx';
import { DatasetRow } from './components/dataset-row.tsx';
import { SearchBox } from './components/search-box.tsx';
import { DatasetSearch } from './dataset-search.ts';

/** As many as leave room for the sections below. */
const SIDEBAR_ROWS = 6;

interface IProps {
  readonly search: DatasetSearch;
  readonly commands: JupyterFrontEnd['commands'];
}

function pullArgs(dataset: Dataset): { pid: string; catalogue: string; title: string } {
  return { pid: dataset.pid, catalogue: dataset.catalogue, title: dataset.title };
}

function Found(props: IProps): React.ReactElement | null {
  const trans = useTrans();
  const { search, commands } = props;
  const find = (pid?: string): void =>
    void commands.execute('panosc-datasets:find', { q: search.text, ...(pid ? { pid } : {}) });
  if (search.items.length === 0) {
    if (search.isLoading) {
      return <Waiting what={trans.__('the catalogue')} rows={3} onStop={search.stop} />;
    }
    return search.hasAnswer ? (
      <EmptyState
        text={
          search.text.trim() === ''
            ? trans.__('The catalogue shows no dataset to you. Sign in to see data that is yours.')
            : trans.__('Nothing was found for "%1". Try fewer words, or a DOI.', search.text)
        }
      />
    ) : null;
  }
  return (
    <>
      <RowList
        label={trans.__('Datasets')}
        items={search.items.slice(0, SIDEBAR_ROWS)}
        keyOf={dataset => `${dataset.catalogue} ${dataset.pid}`}
        renderRow={(dataset, focus) => (
          <DatasetRow
            dataset={dataset}
            focus={focus}
            onOpen={() => find(dataset.pid)}
            onPull={() => void commands.execute('panosc-transfers:pull', pullArgs(dataset))}
          />
        )}
      />
      {search.hasMore && (
        <button
          type="button"
          className="jp-panosc-Button jp-panosc-LinkButton"
          onClick={() => find()}
        >
          {trans.__('Show all in "Find data"')}
        </button>
      )}
    </>
  );
}

function DataSection(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { search, commands } = props;
  useSignal(search.changed);
  React.useEffect(() => {
    search.run();
  }, [search]);
  return (
    <>
      <SearchBox
        text={search.text}
        onType={text => search.type(text)}
        onEnter={() => void commands.execute('panosc-datasets:find', { q: search.text })}
      />
      <ProblemBanner
        problem={search.problem}
        onRetry={() => search.run()}
        onSignIn={() => void commands.execute('panosc-signin:start')}
      />
      {search.problem === null && <Found {...props} />}
      <div className="jp-panosc-HiddenText" role="status">
        {search.hasAnswer && !search.isLoading
          ? trans._n('%1 dataset shown', '%1 datasets shown', search.items.length)
          : ''}
      </div>
    </>
  );
}

function Toolbar(props: IProps): React.ReactElement {
  const trans = useTrans();
  return (
    <>
      <IconButton
        icon={refreshIcon}
        label={trans.__('Search again')}
        onClick={() => props.search.run()}
      />
      <IconButton
        icon={launchIcon}
        label={trans.__('Find data in a tab')}
        onClick={() =>
          void props.commands.execute('panosc-datasets:find', { q: props.search.text })
        }
      />
    </>
  );
}

/** The section *Data* of the sidebar. */
export function createDataSection(
  companion: ICompanion,
  commands: JupyterFrontEnd['commands']
): ISectionView {
  const search = new DatasetSearch(companion, SIDEBAR_ROWS);
  return {
    render: () => <DataSection search={search} commands={commands} />,
    toolbar: () => <Toolbar search={search} commands={commands} />
  };
}
