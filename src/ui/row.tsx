import * as React from 'react';

/** The one thing that a row offers first. */
export interface IVerb {
  readonly label: string;
  readonly run: () => void;
  readonly isDisabled?: boolean;
  /** Shown always, not on hover only: a state that waits for the person. */
  readonly isUrgent?: boolean;
  /** Shown always, although nobody waits: it must be found while something runs. */
  readonly isShown?: boolean;
}

/** What `RowList` hands to each of its rows. */
export interface IRowFocus {
  readonly tabIndex: 0 | -1;
  readonly onFocus: () => void;
}

/** Rows of which one is in the tab order; arrow keys, Home and End move (roving tabindex, as in the file browser). */
export function RowList<T>(props: {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly renderRow: (item: T, focus: IRowFocus) => React.ReactElement;
}): React.ReactElement {
  const { items, keyOf } = props;
  const [activeKey, setActiveKey] = React.useState<string | null>(null);
  const keys = items.map(keyOf);
  const found = activeKey === null ? -1 : keys.indexOf(activeKey);
  const active = found < 0 ? 0 : found;

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>): void => {
    const rows = event.currentTarget.querySelectorAll<HTMLElement>(':scope > [role="row"]');
    const next = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: keys.length - 1 }[
      event.key
    ];
    if (next === undefined || ![...rows].some(row => row === event.target)) {
      return;
    }
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
  };

  return (
    // The rows inside take the focus; the list only hears their keys.
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus
    <div className="jp-panosc-Rows" role="grid" aria-label={props.label} onKeyDown={onKeyDown}>
      {items.map((item, index) => {
        const key = keyOf(item);
        return (
          <React.Fragment key={key}>
            {props.renderRow(item, {
              tabIndex: index === active ? 0 : -1,
              onFocus: () => setActiveKey(key)
            })}
          </React.Fragment>
        );
      })}
    </div>
  );
}

/** One thing in the sidebar: name, a figure at the right, a second line, and one primary verb. */
export function Row(props: {
  readonly focus: IRowFocus;
  readonly title: string;
  /** Tooltip of the title; the title itself by default. */
  readonly tooltip?: string;
  readonly aside?: React.ReactNode;
  readonly second?: React.ReactNode;
  readonly verb?: IVerb | undefined;
  /** What comes below both lines, such as a bar. */
  readonly children?: React.ReactNode;
  /** Enter and double click. */
  readonly onOpen?: () => void;
  /** The title opens with one click too. */
  readonly hasOpeningTitle?: boolean;
  /** The Delete key. */
  readonly onRemove?: (() => void) | undefined;
}): React.ReactElement {
  const { focus, verb } = props;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.target !== event.currentTarget) {
      return;
    }
    if (event.key === 'Enter' && props.onOpen) {
      event.preventDefault();
      props.onOpen();
    } else if (event.key === 'Delete' && props.onRemove) {
      event.preventDefault();
      props.onRemove();
    }
  };
  return (
    <div
      className={`jp-panosc-Row${verb?.isUrgent === true ? ' jp-mod-urgent' : ''}`}
      role="row"
      tabIndex={focus.tabIndex}
      onFocus={focus.onFocus}
      onKeyDown={onKeyDown}
      onDoubleClick={event => {
        if ((event.target as Element).closest('button') === null) {
          props.onOpen?.();
        }
      }}
    >
      <div role="gridcell" className="jp-panosc-Row-cell">
        <div className="jp-panosc-Row-first">
          <span className="jp-panosc-Row-title" title={props.tooltip ?? props.title}>
            {props.hasOpeningTitle === true ? (
              <button
                type="button"
                className="jp-panosc-Button jp-panosc-Row-open"
                tabIndex={focus.tabIndex}
                onClick={props.onOpen}
              >
                {props.title}
              </button>
            ) : (
              props.title
            )}
          </span>
          <span className="jp-panosc-Row-aside">{props.aside}</span>
        </div>
        {props.children}
        {(props.second != null || verb !== undefined) && (
          <div className="jp-panosc-Row-second">
            <span className="jp-panosc-Row-text">{props.second}</span>
            {verb !== undefined && (
              <button
                type="button"
                className={`jp-panosc-Button jp-panosc-Row-verb${verb.isShown === true ? ' jp-mod-shown' : ''}`}
                tabIndex={focus.tabIndex}
                disabled={verb.isDisabled === true}
                // The second click of a double click was not meant for what the first one put there.
                onClick={event => event.detail < 2 && verb.run()}
              >
                {verb.label}
              </button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
