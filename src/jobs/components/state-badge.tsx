import * as React from 'react';
import type { JobState } from '../../contract/jobs.ts';
import { useTrans } from '../../ui/translation.ts';
import { lookOf } from '../job-states.ts';

/** An icon and a word; while it runs the icon is a ring that fills with the time used. */
export function StateBadge(props: {
  readonly state: JobState;
  /** The scheduler's own word, as tooltip. */
  readonly rawState: string | null;
  /** Share of the time limit, for the ring. */
  readonly share?: number | null;
}): React.ReactElement {
  const trans = useTrans();
  const { word, icon: Icon, tone } = lookOf(props.state, trans);
  const hasRing = props.state === 'running' && props.share != null;
  return (
    <span className={`jp-panosc-JobState jp-mod-${tone}`} title={props.rawState ?? undefined}>
      {hasRing ? (
        <TimeRing share={props.share ?? 0} />
      ) : (
        <Icon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
      )}
      {word}
    </span>
  );
}

const RADIUS = 5;
const ROUND = 2 * Math.PI * RADIUS;

/** How much of the time limit is used up; the figures beside it say the same. */
function TimeRing(props: { readonly share: number }): React.ReactElement {
  return (
    <svg className="jp-panosc-TimeRing" viewBox="0 0 14 14" aria-hidden="true">
      <circle cx="7" cy="7" r={RADIUS} className="jp-panosc-TimeRing-all" />
      <circle
        cx="7"
        cy="7"
        r={RADIUS}
        className="jp-panosc-TimeRing-used"
        strokeDasharray={`${(props.share * ROUND).toFixed(2)} ${ROUND.toFixed(2)}`}
        transform="rotate(-90 7 7)"
      />
    </svg>
  );
}
