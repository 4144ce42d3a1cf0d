import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { Row, RowList } from '../row.tsx';
import { VirtualList } from '../virtual-list.tsx';

function List(props: {
  readonly items: readonly string[];
  readonly onOpen?: (item: string) => void;
  readonly onRemove?: (item: string) => void;
  readonly onVerb?: (item: string) => void;
}): React.ReactElement {
  return (
    <RowList
      label="Things"
      items={props.items}
      keyOf={item => item}
      renderRow={(item, focus) => (
        <Row
          focus={focus}
          title={item}
          verb={{ label: `Pull ${item}`, run: () => props.onVerb?.(item) }}
          onOpen={() => props.onOpen?.(item)}
          onRemove={() => props.onRemove?.(item)}
        />
      )}
    />
  );
}

describe('RowList', () => {
  it('has one row in the tab order and moves by keys', () => {
    render(<List items={['a', 'b', 'c']} />);
    const rows = screen.getAllByRole('row');
    const tabStops = (): number[] => rows.map(row => row.tabIndex);
    expect(tabStops()).toEqual([0, -1, -1]);
    act(() => rows[0]?.focus());
    fireEvent.keyDown(rows[0] as Element, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(rows[1]);
    expect(tabStops()).toEqual([-1, 0, -1]);
    fireEvent.keyDown(rows[1] as Element, { key: 'End' });
    expect(document.activeElement).toBe(rows[2]);
    fireEvent.keyDown(rows[2] as Element, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(rows[2]);
    fireEvent.keyDown(rows[2] as Element, { key: 'Home' });
    expect(document.activeElement).toBe(rows[0]);
    expect(screen.getByText('Pull a').tabIndex).toBe(0);
    expect(screen.getByText('Pull b').tabIndex).toBe(-1);
  });

  it('opens with Enter, removes with Delete, and leaves the keys of a button alone', () => {
    const onOpen = jest.fn();
    const onRemove = jest.fn();
    render(<List items={['a', 'b']} onOpen={onOpen} onRemove={onRemove} />);
    const row = screen.getAllByRole('row')[1] as Element;
    fireEvent.keyDown(row, { key: 'Enter' });
    fireEvent.keyDown(row, { key: 'Delete' });
    expect(onOpen.mock.calls).toEqual([['b']]);
    expect(onRemove.mock.calls).toEqual([['b']]);
    fireEvent.keyDown(screen.getByText('Pull a'), { key: 'Enter' });
    expect(onOpen).toHaveBeenCalledTimes(1);
  });

  it('keeps a tab stop when the active row goes', () => {
    const { rerender } = render(<List items={['a', 'b']} />);
    fireEvent.focus(screen.getAllByRole('row')[1] as Element);
    rerender(<List items={['a']} />);
    expect(screen.getByRole('row').tabIndex).toBe(0);
  });
});

describe('VirtualList', () => {
  const many = Array.from({ length: 50_000 }, (_, index) => `f${index}`);

  function Many(props: { readonly onEnd?: () => void }): React.ReactElement {
    const [selected, setSelected] = React.useState<string | null>(null);
    return (
      <VirtualList
        label="Files"
        items={many}
        rowHeight={24}
        keyOf={item => item}
        renderRow={item => <span role="gridcell">{item}</span>}
        selectedKey={selected}
        onSelect={setSelected}
        {...props}
      />
    );
  }

  it('puts some dozens of fifty thousand rows into the document', () => {
    render(<Many />);
    const rows = screen.getAllByRole('row');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.length).toBeLessThan(200);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('50000');
  });

  it('shows other rows after scrolling, and asks for more at the end only', () => {
    const onEnd = jest.fn();
    render(<Many onEnd={onEnd} />);
    expect(onEnd).not.toHaveBeenCalled();
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('-1');
    const scroller = screen.getByRole('grid');
    fireEvent.scroll(scroller, { target: { scrollTop: 24 * 25_000 } });
    expect(screen.getByText('f25000')).toBeTruthy();
    expect(screen.queryByText('f0')).toBeNull();
    fireEvent.scroll(scroller, { target: { scrollTop: 24 * 50_000 } });
    expect(screen.getByText('f49999')).toBeTruthy();
    expect(onEnd).toHaveBeenCalled();
  });

  it('names the chosen row to screen readers', () => {
    Object.defineProperty(Element.prototype, 'scrollTo', {
      configurable: true,
      value: () => undefined // jsdom has none
    });
    render(<Many />);
    const grid = screen.getByRole('grid');
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    const active = grid.getAttribute('aria-activedescendant');
    expect(document.getElementById(active ?? '')?.textContent).toBe('f1');
  });
});
