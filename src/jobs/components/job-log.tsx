import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ICompanion } from '../../companion/tokens.ts';
import { ProblemBanner } from '../../ui/problem-banner.tsx';
import { SearchInput } from '../../ui/search-input.tsx';
import { useTrans } from '../../ui/translation.ts';
import { useIsShown } from '../../ui/use-is-shown.ts';
import { useSignal } from '../../ui/use-signal.ts';
import { LogFollower } from '../log-follower.ts';

type Stream = 'out' | 'err';
/** Nearer to the end than this counts as "at the end". */
const END_PX = 24;

/** What is said when there is no line to show. */
function emptyTextOf(
  follower: LogFollower,
  needle: string,
  trans: TranslationBundle
): string | null {
  if (needle !== '' && follower.lines.length > 0) {
    return trans.__('No line has "%1".', needle);
  }
  if (!follower.hasAnswer) {
    return null;
  }
  return follower.isComplete
    ? trans.__('Nothing was written here.')
    : trans.__('Nothing has been written here yet.');
}

/** The lines of one stream; scrolls along while the reader is at the end. */
function Lines(props: {
  readonly follower: LogFollower;
  readonly stream: Stream;
  readonly needle: string;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { follower, needle, isFollowing } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const isShown = useIsShown(box);
  useSignal(follower.changed);
  React.useEffect(() => {
    follower.setActive(isShown);
    return () => follower.setActive(false);
  }, [follower, isShown]);
  const wanted = needle.toLowerCase();
  const lines =
    wanted === ''
      ? follower.lines
      : follower.lines.filter(({ text }) => text.toLowerCase().includes(wanted));
  const last = lines.at(-1);
  React.useLayoutEffect(() => {
    if (isFollowing && box.current !== null) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [isFollowing, last?.number, last?.text, isShown]);
  const emptyText = lines.length > 0 ? null : emptyTextOf(follower, needle, trans);
  return (
    <div
      className="jp-panosc-Log"
      ref={box}
      // It scrolls: the keyboard must reach it.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={props.stream === 'out' ? trans.__('Output') : trans.__('Errors')}
      onScroll={event => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        const isAtEnd = scrollHeight - scrollTop - clientHeight < END_PX;
        if (isAtEnd !== isFollowing) {
          props.onFollow(isAtEnd);
        }
      }}
    >
      {follower.isCut && (
        <div className="jp-panosc-Log-note">
          {trans.__('Earlier lines are not shown; the whole log is in the file.')}
        </div>
      )}
      {emptyText !== null && <div className="jp-panosc-Log-note">{emptyText}</div>}
      {lines.map(line => (
        <div key={line.number} className="jp-panosc-Log-line">
          {line.text === '' ? '\u00a0' : line.text}
        </div>
      ))}
    </div>
  );
}

/** Output and errors of a job as they are written: follow, search. */
export function JobLogView(props: {
  readonly companion: ICompanion;
  readonly jobId: string;
  /** Then the errors are shown first, unless there are none or the person has chosen. */
  readonly hasFailed?: boolean;
}): React.ReactElement {
  const trans = useTrans();
  const { companion, jobId } = props;
  const [chosen, setChosen] = React.useState<Stream | null>(null);
  const [needle, setNeedle] = React.useState('');
  const [isFollowing, setIsFollowing] = React.useState(true);
  const followers = React.useMemo(
    () => ({
      out: new LogFollower(companion, jobId, 'out'),
      err: new LogFollower(companion, jobId, 'err')
    }),
    [companion, jobId]
  );
  React.useEffect(
    () => () => {
      followers.out.dispose();
      followers.err.dispose();
    },
    [followers]
  );
  const id = React.useId();
  useSignal(followers.out.changed);
  useSignal(followers.err.changed);
  const { err } = followers;
  const hasNoErrors = err.isComplete && err.lines.length === 0;
  const stream = chosen ?? (props.hasFailed === true && !hasNoErrors ? 'err' : 'out');
  const follower = followers[stream];
  const names: Readonly<Record<Stream, string>> = {
    out: trans.__('Output'),
    err: trans.__('Errors')
  };
  const tab = (name: Stream): React.ReactElement => (
    <button
      type="button"
      role="tab"
      id={`${id}-${name}`}
      aria-selected={stream === name}
      aria-controls={`${id}-panel`}
      tabIndex={stream === name ? 0 : -1}
      className="jp-panosc-Button jp-panosc-LogTab"
      onClick={() => setChosen(name)}
      onKeyDown={event => {
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
          const other = name === 'out' ? 'err' : 'out';
          setChosen(other);
          document.getElementById(`${id}-${other}`)?.focus();
        }
      }}
    >
      {names[name]}
    </button>
  );
  return (
    <section className="jp-panosc-JobLog" aria-label={trans.__('Log')}>
      <div className="jp-panosc-JobLog-bar">
        <div role="tablist" aria-label={trans.__('Log')} className="jp-panosc-JobLog-tabs">
          {tab('out')}
          {tab('err')}
        </div>
        <SearchInput label={trans.__('Show lines with…')} text={needle} onType={setNeedle} />
        <label>
          <input
            type="checkbox"
            checked={isFollowing}
            onChange={event => setIsFollowing(event.target.checked)}
          />{' '}
          {trans.__('Follow')}
        </label>
      </div>
      <ProblemBanner problem={follower.problem} onRetry={() => follower.retry()} />
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${stream}`}
        className="jp-panosc-JobLog-panel"
      >
        <Lines
          key={stream}
          follower={follower}
          stream={stream}
          needle={needle}
          isFollowing={isFollowing}
          onFollow={setIsFollowing}
        />
      </div>
    </section>
  );
}
