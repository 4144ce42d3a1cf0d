import * as React from 'react';
import type { Image } from '../../contract/images.ts';
import { formatBytes } from '../../ui/bytes.ts';
import { Row, type IRowFocus } from '../../ui/row.tsx';
import { useTrans } from '../../ui/translation.ts';
import { imageTitle, kindText } from '../image-words.ts';

/** One image in the sidebar. */
export function ImageRow(props: {
  readonly image: Image;
  readonly focus: IRowFocus;
  readonly onOpen: () => void;
  readonly onUse: () => void;
}): React.ReactElement {
  const trans = useTrans();
  const { image } = props;
  const facts = [
    ...(image.linkTo === null ? [] : [trans.__('link to %1', image.linkTo)]),
    kindText(image.kind, trans),
    trans.__('repository verified')
  ];
  return (
    <Row
      focus={props.focus}
      title={imageTitle(image)}
      tooltip={image.ref}
      aside={formatBytes(image.sizeBytes)}
      second={<span className="jp-panosc-ImageFacts">{facts.join(' · ')}</span>}
      verb={{ label: trans.__('Use in job'), run: props.onUse, isShown: true }}
      onOpen={props.onOpen}
    />
  );
}
