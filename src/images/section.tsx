import type { JupyterFrontEnd } from '@jupyterlab/application';
import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/images.css';
import type { ISectionView } from '../shell/tokens.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { RowList } from '../ui/row.tsx';
import { SearchSection } from '../ui/search-section.tsx';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { ImageRow } from './components/image-row.tsx';
import { RepositoryLines } from './components/repository-lines.tsx';
import { lastingRef, type ImageSearch } from './tokens.ts';

interface IProps {
  readonly search: ImageSearch;
  readonly commands: JupyterFrontEnd['commands'];
}

function NothingFound(props: { readonly text: string }): React.ReactElement {
  const trans = useTrans();
  return (
    <EmptyState
      text={
        props.text.trim() === ''
          ? trans.__(
              'Images with software that a job can run in appear here. This facility profile names no repository with images; ask whoever keeps it.'
            )
          : trans.__('No image has "%1" in its name, path or version. Try fewer words.', props.text)
      }
    />
  );
}

function SoftwareSection(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { search, commands } = props;
  useSignal(search.changed);
  const { problems = [], repositories = [] } = search.lastPage ?? {};
  return (
    <SearchSection
      search={search}
      label={trans.__('Search software')}
      onEnter={() => search.run()}
      notes={<RepositoryLines troubles={problems} repositories={repositories} />}
      waitingFor={trans.__('the repositories')}
      empty={problems.length === 0 && <NothingFound text={search.text} />}
      more={{ label: trans.__('Show more'), run: search.more }}
      found={trans._n('%1 image shown', '%1 images shown', search.items.length)}
    >
      <RowList
        label={trans.__('Images')}
        items={search.items}
        keyOf={image => image.ref}
        renderRow={(image, focus) => (
          <ImageRow
            image={image}
            focus={focus}
            onOpen={() => void commands.execute('panosc-images:open', { ref: image.ref })}
            onUse={() => void commands.execute('panosc-jobs:new', { image: lastingRef(image) })}
          />
        )}
      />
    </SearchSection>
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
  search: ImageSearch,
  commands: JupyterFrontEnd['commands']
): ISectionView {
  return {
    render: () => <SoftwareSection search={search} commands={commands} />,
    toolbar: () => <Toolbar search={search} commands={commands} />
  };
}
