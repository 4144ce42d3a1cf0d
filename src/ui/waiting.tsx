import * as React from 'react';
import { useTrans } from './translation.ts';

const SKELETON_MS = 300;
const EXPLAIN_MS = 10_000;

/** Nothing for 300 ms, then a skeleton; after ten seconds it says what is being waited for and offers to stop. */
export function Waiting(props: {
  /** What is waited for, such as "the catalogue". */
  readonly what: string;
  readonly rows?: number | undefined;
  readonly onStop?: (() => void) | undefined;
}): React.ReactElement {
  const trans = useTrans();
  const [stage, setStage] = React.useState<'silent' | 'skeleton' | 'explain'>('silent');
  React.useEffect(() => {
    const timers = [
      setTimeout(() => setStage('skeleton'), SKELETON_MS),
      setTimeout(() => setStage('explain'), EXPLAIN_MS)
    ];
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div className="jp-panosc-Waiting" aria-busy="true">
      {stage !== 'silent' &&
        Array.from({ length: props.rows ?? 2 }, (_, index) => (
          <div key={index} className="jp-panosc-Skeleton" aria-hidden="true" />
        ))}
      <div role="status">
        {stage === 'explain' && (
          <>
            {trans.__('Still waiting for %1.', props.what)}{' '}
            {props.onStop && (
              <button type="button" className="jp-panosc-Button" onClick={props.onStop}>
                {trans.__('Stop waiting')}
              </button>
            )}
          </>
        )}
      </div>
    </div>
  );
}
