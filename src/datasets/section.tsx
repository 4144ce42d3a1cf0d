import type { JupyterFrontEnd } from '@jupyterlab/application';
import { launchIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/datasets.css';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset } from '../contract/datasets.ts';
import type { IFacility } from '../facility/tokens.ts';
import type { ISectionView } from '../shell/tokens.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { RowList } from '../ui/row.tsx';
import { SearchSection } from '../ui/search-section.tsx';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { DatasetRow } from './components/dataset-row.tsx';
import { arePullsOff } from './components/pulls-off.tsx';
import { createDatasetSearch, MAX_TEXT_LENGTH, type DatasetSearch } from './dataset-search.ts';

/** As many as leave room for the sections below. */
const SIDEBAR_ROWS = 6;

interface IProps {
  readonly search: DatasetSearch;
  readonly facility: IFacility;
  readonly commands: JupyterFrontEnd['commands'];
}

function pullArgs(dataset: Dataset): { pid: string; catalogue: string; title: string } {
  return { pid: dataset.pid, catalogue: dataset.catalogue, title: dataset.title };
}

function NothingFound(props: { readonly text: string }): React.ReactElement {
  const trans = useTrans();
  return (
    <EmptyState
      text={
        props.text.trim() === ''
          ? trans.__('The catalogue shows no dataset to you. Sign in to see data that is yours.')
          : trans.__('Nothing was found for "%1". Try fewer words, or a DOI.', props.text)
      }
    />
  );
}

function DataSection(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { search, commands, facility } = props;
  useSignal(search.changed);
  useSignal(facility.changed);
  const isOff = arePullsOff(facility);
  const find = (pid?: string): void =>
    void commands.execute('panosc-datasets:find', { q: search.text, ...(pid ? { pid } : {}) });
  const items = search.items.slice(0, SIDEBAR_ROWS);
  return (
    <SearchSection
      search={search}
      label={trans.__('Search, DOI or proposal')}
      maxLength={MAX_TEXT_LENGTH}
      onEnter={() => find()}
      onSignIn={() => void commands.execute('panosc-signin:start')}
      waitingFor={trans.__('the catalogue')}
      empty={<NothingFound text={search.text} />}
      more={{ label: trans.__('Show all in "Find data"'), run: () => find() }}
      found={trans._n('%1 dataset shown', '%1 datasets shown', items.length)}
    >
      <RowList
        label={trans.__('Datasets')}
        items={items}
        keyOf={dataset => `${dataset.catalogue} ${dataset.pid}`}
        renderRow={(dataset, focus) => (
          <DatasetRow
            dataset={dataset}
            focus={focus}
            onOpen={() => find(dataset.pid)}
            onPull={
              isOff ? null : () => void commands.execute('panosc-transfers:pull', pullArgs(dataset))
            }
          />
        )}
      />
    </SearchSection>
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
  facility: IFacility,
  commands: JupyterFrontEnd['commands']
): ISectionView {
  const search = createDatasetSearch(companion, SIDEBAR_ROWS);
  const props = { search, facility, commands };
  return {
    render: () => <DataSection {...props} />,
    toolbar: () => <Toolbar {...props} />
  };
}
