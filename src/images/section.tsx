import type { JupyterFrontEnd } from '@jupyterlab/application';
import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/images.css';
import type { ISectionView } from '../shell/tokens.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { RowList } from '../ui/row.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { Waiting } from '../ui/waiting.tsx';
import { ImageRow } from './components/image-row.tsx';
import { RepositoryLines } from './components/repository-lines.tsx';
import type { IImageSearch } from './tokens.ts';

interface IProps {
  readonly search: IImageSearch;
  readonly commands: JupyterFrontEnd['commands'];
}

function Found(props: IProps): React.ReactElement | null {
  const trans = useTrans();
  const { search, commands } = props;
  if (search.items.length > 0) {
    return (
      <RowList
        label={trans.__('Images')}
        items={search.items}
        keyOf={image => image.ref}
        renderRow={(image, focus) => (
          <ImageRow
            image={image}
            focus={focus}
            onOpen={() => void commands.execute('panosc-images:open', { ref: image.ref })}
            onUse={() => void commands.execute('panosc-jobs:new', { image: image.ref })}
          />
        )}
      />
    );
  }
  if (search.isLoading) {
    return <Waiting what={trans.__('the repositories')} rows={3} onStop={() => search.stop()} />;
  }
  if (!search.hasAnswer || search.troubles.length > 0) {
    return null;
  }
  return (
    <EmptyState
      text={
        search.text.trim() === ''
          ? trans.__(
              'Images with software that a job can run in appear here. This facility profile names no repository with images; ask whoever keeps it.'
            )
          : trans.__(
              'No image has "%1" in its name, path or version. Try fewer words.',
              search.text
            )
      }
    />
  );
}

function SoftwareSection(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { search } = props;
  useSignal(search.changed);
  React.useEffect(() => {
    search.run();
  }, [search]);
  return (
    <>
      <SearchInput
        label={trans.__('Search software')}
        text={search.text}
        onType={text => search.type(text)}
        onEnter={() => search.run()}
      />
      <ProblemBanner problem={search.problem} onRetry={() => search.run()} />
      <RepositoryLines troubles={search.troubles} repositories={search.repositories} />
      {search.problem === null && <Found {...props} />}
      {search.hasMore && (
        <button
          type="button"
          className="jp-panosc-Button jp-panosc-LinkButton"
          disabled={search.isLoading}
          onClick={() => search.more()}
        >
          {trans.__('Show more')}
        </button>
      )}
      <div className="jp-panosc-HiddenText" role="status">
        {search.hasAnswer && !search.isLoading
          ? trans._n('%1 image shown', '%1 images shown', search.items.length)
          : ''}
      </div>
    </>
  );
}

function Toolbar(props: IProps): React.ReactElement {
  const trans = useTrans();
  return (
    <IconButton
      icon={refreshIcon}
      label={trans.__('Look for images again')}
      onClick={() => props.search.run()}
    />
  );
}

/** The section *Software* of the sidebar. */
export function createSoftwareSection(
  search: IImageSearch,
  commands: JupyterFrontEnd['commands']
): ISectionView {
  return {
    render: () => <SoftwareSection search={search} commands={commands} />,
    toolbar: () => <Toolbar search={search} commands={commands} />
  };
}
