import * as React from 'react';
import type { Dataset } from '../../contract/datasets.ts';
import { formatBytes } from '../../ui/bytes.ts';
import { Row, type IRowFocus } from '../../ui/row.tsx';
import { formatDate } from '../../ui/time.ts';
import { useTrans } from '../../ui/translation.ts';
import { fitsText } from '../fits.ts';
import { AccessMark } from './access-mark.tsx';

/** One dataset in the sidebar. */
export function DatasetRow(props: {
  readonly dataset: Dataset;
  readonly focus: IRowFocus;
  readonly onOpen: () => void;
  /** Null where pulls are not offered. */
  readonly onPull: (() => void) | null;
}): React.ReactElement {
  const trans = useTrans();
  const { dataset } = props;
  const facts = [
    dataset.instrument,
    dataset.createdAt === null ? null : formatDate(dataset.createdAt),
    dataset.fits === null ? null : fitsText(dataset.fits, trans)
  ].filter(fact => fact !== null && fact !== '');
  return (
    <Row
      focus={props.focus}
      title={dataset.title}
      tooltip={`${dataset.title}\n${dataset.pid}`}
      aside={
        <>
          <AccessMark dataset={dataset} /> {formatBytes(dataset.sizeBytes)}
        </>
      }
      second={facts.join(' · ')}
      verb={
        props.onPull === null
          ? undefined
          : { label: trans.__('Pull'), run: props.onPull, isShown: true }
      }
      onOpen={props.onOpen}
    />
  );
}
