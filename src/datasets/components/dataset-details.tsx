import type { JupyterFrontEnd } from '@jupyterlab/application';
import * as React from 'react';
import { askListing } from '../../companion/ask-listing.ts';
import type { ICompanion } from '../../companion/tokens.ts';
import type { Dataset } from '../../contract/datasets.ts';
import { formatBytes, formatCount, UNKNOWN } from '../../ui/bytes.ts';
import { CopyAs } from '../../ui/copy-as.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { ProblemBanner } from '../../ui/problem-banner.tsx';
import { exactTime, formatDate } from '../../ui/time.ts';
import { useTrans } from '../../ui/translation.ts';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { useDatasetFiles } from '../dataset-files.ts';
import { fitsText } from '../fits.ts';
import { MountedHere } from './mounted-here.tsx';

const ROW_PX = 24;

/** `https://doi.org/…` for a DOI; the identifier itself for anything else. */
function citation(dataset: Dataset): string {
  const doi = /\b10\.\d{4,9}\/\S+/.exec(dataset.documentId ?? dataset.pid)?.[0];
  return doi === undefined ? dataset.pid : `https://doi.org/${doi}`;
}

function Files(props: {
  readonly companion: ICompanion;
  readonly dataset: Dataset;
  readonly home: string;
  readonly commands: JupyterFrontEnd['commands'];
}): React.ReactElement {
  const trans = useTrans();
  const files = useDatasetFiles(props.companion, props.dataset);
  return (
    <div className="jp-panosc-Details-files">
      <h3>
        {props.dataset.fileCount === null
          ? trans.__('Files')
          : trans.__('Files (%1)', formatCount(props.dataset.fileCount))}
      </h3>
      <ProblemBanner problem={files.problem} onRetry={files.retry} />
      <MountedHere files={files.items} home={props.home} commands={props.commands} />
      <PagedList
        list={files}
        waitingFor={trans.__('the list of files')}
        waitingRows={4}
        onStop={files.stop}
        onRetry={files.retry}
        empty={<p>{trans.__('The catalogue lists no file of this dataset.')}</p>}
      >
        <VirtualList
          label={trans.__('Files of %1', props.dataset.title)}
          items={files.items}
          total={props.dataset.fileCount}
          rowHeight={ROW_PX}
          keyOf={file => file.path}
          renderRow={file => (
            <>
              <span role="gridcell" className="jp-panosc-Cell jp-mod-grow" title={file.path}>
                {file.name}
              </span>
              <span role="gridcell" className="jp-panosc-Cell jp-mod-number">
                {formatBytes(file.sizeBytes)}
              </span>
            </>
          )}
          {...(files.hasMore ? { onEnd: files.more } : {})}
        />
      </PagedList>
    </div>
  );
}

/** What is known about one dataset, its files, and what can be done with it. */
export function DatasetDetails(props: {
  readonly companion: ICompanion;
  readonly dataset: Dataset;
  readonly catalogueTitle: string;
  readonly home: string;
  readonly commands: JupyterFrontEnd['commands'];
  /** Null where pulls are not offered. */
  readonly onPull: (() => void) | null;
}): React.ReactElement {
  const trans = useTrans();
  const { dataset } = props;
  const visibility = { true: trans.__('open'), false: trans.__('restricted'), null: UNKNOWN }[
    `${dataset.isPublic}`
  ];
  const facts: readonly (readonly [string, string, string?])[] = [
    [trans.__('Identifier'), dataset.pid],
    [trans.__('Catalogue'), props.catalogueTitle],
    [trans.__('Instrument'), dataset.instrument ?? UNKNOWN],
    [trans.__('Created'), formatDate(dataset.createdAt), exactTime(dataset.createdAt)],
    [trans.__('Size'), formatBytes(dataset.sizeBytes)],
    [trans.__('Here'), fitsText(dataset.fits, trans)],
    [trans.__('Access'), visibility],
    [trans.__('Techniques'), dataset.techniques.map(({ name }) => name).join(', ') || UNKNOWN]
  ];
  return (
    <section className="jp-panosc-DatasetDetails" aria-label={trans.__('Details')}>
      <h2>{dataset.title}</h2>
      <div className="jp-panosc-Buttons">
        {props.onPull !== null && (
          <button type="button" className="jp-panosc-Button jp-mod-accept" onClick={props.onPull}>
            {trans.__('Pull…')}
          </button>
        )}
        <CopyButton showLabel label={trans.__('Cite')} text={citation(dataset)} />
        <CopyAs
          key={`${dataset.catalogue} ${dataset.pid}`}
          commands={async code => {
            const { catalogue, pid } = dataset;
            return code.pullCommands(
              { pid },
              await askListing(props.companion, { catalogue, pid })
            );
          }}
        />
      </div>
      <dl className="jp-panosc-Facts">
        {facts.map(([name, value, tooltip]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd title={tooltip ?? value}>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      <Files key={`${dataset.catalogue} ${dataset.pid}`} {...props} />
    </section>
  );
}
