import { errorIcon, infoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ImagePage } from '../../contract/images.ts';
import { said } from '../../ui/said.ts';
import { useTrans } from '../../ui/translation.ts';

/** Only what is wrong with a repository gets a line; nothing when all is well. */
export function RepositoryLines(props: {
  readonly troubles: ImagePage['problems'];
  readonly repositories: ImagePage['repositories'];
}): React.ReactElement | null {
  const trans = useTrans();
  const warnings = props.repositories.flatMap(repository =>
    repository.warnings.map(text => ({ repository: repository.fqrn, text }))
  );
  if (props.troubles.length === 0 && warnings.length === 0) {
    return null;
  }
  return (
    <ul className="jp-panosc-RepositoryLines" aria-label={trans.__('What is wrong')}>
      {props.troubles.map(({ repository, detail }) => (
        <li key={repository}>
          <errorIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
          <span>
            <strong>{repository}</strong> {said(detail, trans)}
          </span>
        </li>
      ))}
      {warnings.map(({ repository, text }) => (
        <li key={`${repository} ${text}`}>
          <infoIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
          <span>
            <strong>{repository}</strong> {said(text, trans)}
          </span>
        </li>
      ))}
    </ul>
  );
}
