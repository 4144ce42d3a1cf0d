import * as React from 'react';

/**
 * A bar that claims no percentage which is not known: `share` null gives moving stripes
 * (still ones for people who asked for reduced motion).
 */
export function ProgressBar(props: {
  /** Between 0 and 1. */
  readonly share: number | null;
  /** What progresses, for screen readers. */
  readonly label: string;
  /** What is said instead of a percentage, such as "12 GB, 340 files so far". */
  readonly valueText?: string;
}): React.ReactElement {
  const { share } = props;
  // A whole bar means "done": 99.6 % must not round up to it.
  const percent = share === null ? null : Math.floor(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className={`jp-panosc-Progress${percent === null ? ' jp-mod-unknown' : ''}`}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { 'aria-valuenow': percent })}
      {...(props.valueText === undefined ? {} : { 'aria-valuetext': props.valueText })}
    >
      <div
        className="jp-panosc-Progress-fill"
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
