import * as React from 'react';

const SPARE_ROWS = 8;
/** Browsers stop at some ten million pixels; a longer list scrolls in steps of more than one row. */
const MAX_HEIGHT_PX = 8_000_000;

interface IVisibleRows {
  readonly onScroll: (event: React.UIEvent<HTMLElement>) => void;
  readonly top: number;
  readonly height: number;
  readonly heightPx: number;
  /** Pixels of rows for one pixel of scrolling. */
  readonly stretch: number;
  readonly first: number;
  readonly last: number;
  /** Scrolls as little as needed to show a row. */
  readonly reveal: (index: number) => void;
}

function useVisibleRows(
  scroller: React.RefObject<HTMLDivElement>,
  count: number,
  rowHeight: number
): IVisibleRows {
  const [top, setTop] = React.useState(0);
  const [height, setHeight] = React.useState(600);
  React.useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  const wholePx = count * rowHeight;
  const heightPx = Math.min(wholePx, MAX_HEIGHT_PX);
  const stretch = heightPx === wholePx ? 1 : (wholePx - height) / Math.max(1, heightPx - height);
  const first = Math.max(0, Math.floor((top * stretch) / rowHeight) - SPARE_ROWS);
  const last = Math.min(count, first + Math.ceil(height / rowHeight) + 2 * SPARE_ROWS);
  const reveal = (index: number): void => {
    const element = scroller.current;
    if (element !== null) {
      const rowTop = (index * rowHeight) / stretch;
      // The header stays on top of what scrolls.
      const headerPx = Math.max(0, element.scrollHeight - heightPx);
      const top = Math.min(
        rowTop,
        Math.max(element.scrollTop, rowTop + rowHeight + headerPx - element.clientHeight)
      );
      element.scrollTo({ top });
    }
  };
  return {
    onScroll: event => setTop(event.currentTarget.scrollTop),
    top,
    height,
    heightPx,
    stretch,
    first,
    last,
    reveal
  };
}

/**
 * A list of any length of which only the visible rows are in the document. All rows have one height.
 * The list is the one tab stop; arrows, Page, Home and End move, Enter opens.
 */
export function VirtualList<T>(props: {
  readonly label: string;
  readonly items: readonly T[];
  /** How many there are at the source, when known; for screen readers. */
  readonly total?: number | null;
  readonly rowHeight: number;
  readonly keyOf: (item: T) => string;
  /** Cells of a row: elements with role `gridcell`. */
  readonly renderRow: (item: T) => React.ReactNode;
  /** Names of the columns: elements with role `columnheader`. */
  readonly header?: React.ReactNode;
  readonly selectedKey?: string | null;
  readonly onSelect?: (item: T) => void;
  readonly onOpen?: (item: T) => void;
  /** The last rows are in sight. */
  readonly onEnd?: () => void;
}): React.ReactElement {
  const { items, rowHeight, keyOf, onEnd } = props;
  const id = React.useId();
  const scroller = React.useRef<HTMLDivElement>(null);
  const view = useVisibleRows(scroller, items.length, rowHeight);
  const { first, last, top, stretch, height } = view;
  const selected = items.findIndex(item => keyOf(item) === props.selectedKey);

  React.useEffect(() => {
    if (last >= items.length && items.length > 0) {
      onEnd?.();
    }
  }, [last, items.length, onEnd]);

  const select = (index: number): void => {
    const item = items[index];
    if (item !== undefined) {
      props.onSelect?.(item);
      view.reveal(index);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];
    const item = items[selected];
    if (event.key === 'Enter' && item !== undefined) {
      props.onOpen?.(item);
    } else if (step !== undefined) {
      select(Math.max(0, Math.min(items.length - 1, (selected < 0 ? -1 : selected) + step)));
    } else if (event.key === 'Home' || event.key === 'End') {
      select(event.key === 'Home' ? 0 : items.length - 1);
    } else {
      return;
    }
    event.preventDefault();
  };

  const rows: React.ReactElement[] = [];
  for (let index = first; index < last; index += 1) {
    const item = items[index];
    if (item !== undefined) {
      rows.push(
        // The list itself hears the keys (aria-activedescendant).
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={keyOf(item)}
          id={`${id}-${index}`}
          role="row"
          tabIndex={-1}
          aria-rowindex={index + 1}
          aria-selected={index === selected}
          className="jp-panosc-VirtualList-row"
          style={{ height: rowHeight, top: top + (index * rowHeight - top * stretch) }}
          onClick={() => props.onSelect?.(item)}
          onDoubleClick={() => props.onOpen?.(item)}
        >
          {props.renderRow(item)}
        </div>
      );
    }
  }
  return (
    <div
      className="jp-panosc-VirtualList"
      role="grid"
      aria-label={props.label}
      aria-rowcount={props.total ?? (props.onEnd === undefined ? items.length : -1)}
      aria-activedescendant={selected >= first && selected < last ? `${id}-${selected}` : undefined}
      tabIndex={0}
      ref={scroller}
      onScroll={view.onScroll}
      onKeyDown={onKeyDown}
    >
      {props.header != null && (
        <div className="jp-panosc-VirtualList-header" role="row">
          {props.header}
        </div>
      )}
      <div role="rowgroup" style={{ height: view.heightPx, position: 'relative' }}>
        {rows}
      </div>
    </div>
  );
}
