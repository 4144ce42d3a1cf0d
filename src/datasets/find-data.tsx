import type { JupyterFrontEnd } from '@jupyterlab/application';
import * as React from 'react';
import '../../style/datasets.css';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset } from '../contract/datasets.ts';
import type { FacilityAddresses } from '../contract/facility.ts';
import type { IFacility } from '../facility/tokens.ts';
import { formatBytes, formatCount } from '../ui/bytes.ts';
import { CopyAs } from '../ui/copy-as.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { PagedList } from '../ui/paged-list.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { exactTime, formatDate } from '../ui/time.ts';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { VirtualList } from '../ui/virtual-list.tsx';
import { AccessMark } from './components/access-mark.tsx';
import { DatasetDetails } from './components/dataset-details.tsx';
import { arePullsOff, WherePullsGo } from './components/pulls-off.tsx';
import { MAX_TEXT_LENGTH } from './dataset-search.ts';
import type { FindDataModel } from './find-data-model.ts';
import { fitsText } from './fits.ts';

const ROW_PX = 28;

interface IProps {
  readonly model: FindDataModel;
  readonly companion: ICompanion;
  readonly facility: IFacility;
  readonly commands: JupyterFrontEnd['commands'];
}

const keyOf = (dataset: Dataset): string => `${dataset.catalogue} ${dataset.pid}`;

function Cells(props: { readonly dataset: Dataset }): React.ReactElement {
  const trans = useTrans();
  const { dataset } = props;
  return (
    <>
      <span role="gridcell" className="jp-panosc-Cell jp-mod-grow" title={dataset.title}>
        <AccessMark dataset={dataset} />
        {dataset.title}
      </span>
      <span role="gridcell" className="jp-panosc-Cell jp-mod-pid" title={dataset.pid}>
        {dataset.pid}
      </span>
      <span
        role="gridcell"
        className="jp-panosc-Cell jp-mod-date"
        title={exactTime(dataset.createdAt)}
      >
        {formatDate(dataset.createdAt)}
      </span>
      <span role="gridcell" className="jp-panosc-Cell jp-mod-number">
        {formatBytes(dataset.sizeBytes)}
      </span>
      <span role="gridcell" className="jp-panosc-Cell jp-mod-number jp-mod-files">
        {formatCount(dataset.fileCount)}
      </span>
      <span role="gridcell" className="jp-panosc-Cell jp-mod-fits">
        {fitsText(dataset.fits, trans)}
      </span>
    </>
  );
}

function HeaderCells(): React.ReactElement {
  const trans = useTrans();
  const columns: readonly (readonly [string, string])[] = [
    [trans.__('Title'), 'jp-mod-grow'],
    [trans.__('Identifier'), 'jp-mod-pid'],
    [trans.__('Date'), 'jp-mod-date'],
    [trans.__('Size'), 'jp-mod-number'],
    [trans.__('Files'), 'jp-mod-number jp-mod-files'],
    [trans.__('Here'), 'jp-mod-fits']
  ];
  return (
    <>
      {columns.map(([name, modifier]) => (
        <span key={name} role="columnheader" className={`jp-panosc-Cell ${modifier}`}>
          {name}
        </span>
      ))}
    </>
  );
}

function Table(
  props: IProps & { readonly onPull: (dataset: Dataset) => void }
): React.ReactElement {
  const trans = useTrans();
  const { model } = props;
  const { search } = model;
  return (
    <PagedList
      list={search}
      waitingFor={trans.__('the catalogue')}
      waitingRows={6}
      onStop={search.stop}
      onRetry={() => search.run()}
      empty={
        <EmptyState
          text={trans.__(
            'Nothing was found. Try fewer words, a DOI or a proposal; sign in to see data that is yours.'
          )}
        />
      }
    >
      <VirtualList
        label={trans.__('Datasets')}
        items={search.items}
        rowHeight={ROW_PX}
        keyOf={keyOf}
        header={<HeaderCells />}
        renderRow={dataset => <Cells dataset={dataset} />}
        selectedKey={model.selected === null ? null : keyOf(model.selected)}
        onSelect={dataset => model.select(dataset)}
        onOpen={props.onPull}
        {...(search.hasMore ? { onEnd: search.more } : {})}
      />
    </PagedList>
  );
}

/** The tab *Find data*: search, table, details. */
export function FindData(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { model, commands, facility } = props;
  const { search, selected } = model;
  useSignal(model.changed);
  useSignal(search.changed);
  useSignal(facility.changed);
  React.useEffect(() => {
    props.companion.events.start();
    void facility.load();
  }, [props.companion, facility]);
  const { to } = search.query;
  const problem = search.problem ?? facility.problem;
  if (problem?.type.endsWith('/no-profile') === true) {
    return (
      <EmptyState text={trans.__('Data is searched in the catalogues of your facility.')}>
        <button
          type="button"
          className="jp-panosc-Button jp-mod-accept"
          onClick={() => void commands.execute('panosc-facility:choose')}
        >
          {trans.__('Choose your facility')}
        </button>
      </EmptyState>
    );
  }
  const pull = (dataset: Dataset): void =>
    void commands.execute('panosc-transfers:pull', {
      pid: dataset.pid,
      catalogue: dataset.catalogue,
      title: dataset.title,
      ...(to === undefined ? {} : { to })
    });
  const isOff = arePullsOff(facility);
  const catalogue = facility.value?.active?.catalogues.find(({ id }) => id === selected?.catalogue);
  return (
    <div className="jp-panosc-FindData">
      <div className="jp-panosc-FindData-top">
        <div className="jp-panosc-FindData-search">
          <SearchInput
            label={trans.__('Search, DOI or proposal')}
            maxLength={MAX_TEXT_LENGTH}
            text={search.text}
            onType={text => search.type(text)}
            onEnter={() => search.run()}
          />
          <CopyAs
            label={trans.__('Copy search as')}
            commands={async code =>
              code.searchCommands(
                search.text,
                await props.companion.get<FacilityAddresses>('facility/addresses')
              )
            }
          />
        </div>
        <WherePullsGo facility={facility} to={to} onUsual={() => search.run({ to: undefined })} />
        <ProblemBanner
          problem={problem}
          onRetry={() => {
            void facility.refresh();
            search.retry();
          }}
          onSignIn={() => void commands.execute('panosc-signin:start')}
        />
        <div className="jp-panosc-HiddenText" role="status">
          {search.isLoaded && !search.isLoading
            ? trans._n('%1 dataset shown', '%1 datasets shown', search.items.length)
            : ''}
        </div>
      </div>
      <div className="jp-panosc-FindData-middle">
        <div className="jp-panosc-FindData-table">
          <Table {...props} onPull={dataset => isOff || pull(dataset)} />
        </div>
        {selected !== null && (
          <DatasetDetails
            companion={props.companion}
            dataset={selected}
            catalogueTitle={catalogue?.title ?? selected.catalogue}
            home={props.facility.value?.home ?? ''}
            commands={props.commands}
            onPull={isOff ? null : () => pull(selected)}
          />
        )}
      </div>
    </div>
  );
}
