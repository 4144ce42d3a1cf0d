import * as React from 'react';
import { PagedList, type IPagedList } from './paged-list.tsx';
import { ProblemBanner } from './problem-banner.tsx';
import { SearchInput } from './search-input.tsx';

/** A list that is searched as one types. */
interface ISearch extends IPagedList {
  readonly text: string;
  type(text: string): void;
  run(): void;
  retry(): void;
  stop(): void;
}

/** A section of the sidebar that searches as one types: box, what is wrong, rows, and what screen readers are told. */
export function SearchSection(props: {
  readonly search: ISearch;
  /** Of the box. */
  readonly label: string;
  readonly maxLength?: number;
  /** A person's "go on". */
  readonly onEnter: () => void;
  readonly onSignIn?: () => void;
  /** Stands between the box and the rows. */
  readonly notes?: React.ReactNode;
  readonly waitingFor: string;
  readonly empty: React.ReactNode;
  readonly more: { readonly label: string; readonly run: () => void };
  /** Such as "3 images shown". */
  readonly found: string;
  /** The rows. */
  readonly children: React.ReactNode;
}): React.ReactElement {
  const { search } = props;
  React.useEffect(() => {
    search.run();
  }, [search]);
  return (
    <>
      <SearchInput
        label={props.label}
        maxLength={props.maxLength}
        text={search.text}
        onType={text => search.type(text)}
        onEnter={props.onEnter}
      />
      <ProblemBanner
        problem={search.problem}
        onRetry={() => search.retry()}
        onSignIn={props.onSignIn}
      />
      {props.notes}
      <PagedList
        list={search}
        waitingFor={props.waitingFor}
        waitingRows={3}
        onStop={() => search.stop()}
        onRetry={() => search.run()}
        empty={props.empty}
        more={props.more}
      >
        {props.children}
      </PagedList>
      <div className="jp-panosc-HiddenText" role="status">
        {search.isLoaded && !search.isLoading ? props.found : ''}
      </div>
    </>
  );
}
