import * as React from 'react';
import { quoteForShell } from '../contract/copy-as/quote-for-shell.ts';
import type { ImageDetail } from '../contract/images.ts';
import { formatBytes } from '../ui/bytes.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { useTrans } from '../ui/translation.ts';

/** A command for a node, outside of the image: reads all of it once, so that CVMFS has it in the node's cache. */
export function warmUpCommand({
  kind,
  mountPath
}: Pick<ImageDetail, 'kind' | 'mountPath'>): string {
  const path = quoteForShell(mountPath);
  return kind === 'sif'
    ? `cat ${path} > /dev/null`
    : `find ${path} -type f -exec cat {} + > /dev/null`;
}

/**
 * Why a first start takes longer, and what helps. Whether a node has the image in its cache cannot be known from here:
 * the cache belongs to the node on which the job will run.
 */
export function FirstStart(props: {
  readonly image: Pick<ImageDetail, 'kind' | 'mountPath' | 'sizeBytes'>;
}): React.ReactElement {
  const trans = useTrans();
  const { image } = props;
  return (
    <>
      <dt>{trans.__('First start')}</dt>
      <dd>
        {image.sizeBytes === null
          ? trans.__(
              'Slower on a node that has not read it yet: what is used comes over the network, then from the node’s cache. Which nodes have it is not known here.'
            )
          : trans.__(
              'Slower on a node that has not read it yet: of %1, what is used comes over the network, then from the node’s cache. Which nodes have it is not known here.',
              formatBytes(image.sizeBytes)
            )}{' '}
        <CopyButton
          showLabel
          label={trans.__('Copy a command that reads it beforehand on a node')}
          text={warmUpCommand(image)}
        />
      </dd>
    </>
  );
}
