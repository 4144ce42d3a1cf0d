import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { PagedList, type IPagedList } from '../paged-list.tsx';

const nothing: IPagedList = {
  items: [],
  hasMore: false,
  isLoaded: false,
  isLoading: false,
  problem: null
};

function show(given: Partial<IPagedList>): { onRetry: jest.Mock; onMore: jest.Mock } {
  const onRetry = jest.fn();
  const onMore = jest.fn();
  render(
    <PagedList
      list={{ ...nothing, ...given }}
      waitingFor="the catalogue"
      onRetry={onRetry}
      empty={<p>There is nothing yet.</p>}
      more={{ label: 'Show more', run: onMore }}
    >
      <p>The rows</p>
    </PagedList>
  );
  return { onRetry, onMore };
}

describe('PagedList', () => {
  it('calls nothing empty before an answer has come', () => {
    show({});
    expect(screen.queryByText('There is nothing yet.')).toBeNull();
    expect(screen.queryByText('The rows')).toBeNull();
  });

  it('waits even where the answer before was empty', () => {
    jest.useFakeTimers();
    show({ isLoaded: true, isLoading: true });
    act(() => jest.advanceTimersByTime(11_000));
    expect(screen.getByText(/Still waiting for the catalogue/)).toBeTruthy();
    expect(screen.queryByText('There is nothing yet.')).toBeNull();
    jest.useRealTimers();
  });

  it('teaches when there is nothing', () => {
    show({ isLoaded: true });
    expect(screen.getByText('There is nothing yet.')).toBeTruthy();
  });

  it('leads on after waiting was given up', () => {
    const { onRetry } = show({ isStopped: true });
    expect(screen.getByText('No longer waiting for the catalogue.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalledTimes(1);
  });

  it('says that its rows answer an older question, and lets one stop waiting', () => {
    jest.useFakeTimers();
    const onStop = jest.fn();
    render(
      <PagedList
        list={{ ...nothing, items: ['a'], isLoaded: true, isLoading: true, isOutdated: true }}
        waitingFor="the catalogue"
        empty={null}
        onStop={onStop}
      >
        <p>The rows</p>
      </PagedList>
    );
    expect(screen.getByText('The rows').closest('[aria-busy="true"]')).not.toBeNull();
    act(() => jest.advanceTimersByTime(11_000));
    fireEvent.click(screen.getByRole('button', { name: 'Stop waiting' }));
    expect(onStop).toHaveBeenCalledTimes(1);
    jest.useRealTimers();
  });

  it('keeps its rows while more is loaded, and says that it is busy', () => {
    const { onMore } = show({ items: ['a'], isLoaded: true, isLoading: true, hasMore: true });
    expect(screen.getByText('The rows')).toBeTruthy();
    const button = screen.getByRole('button', { name: 'Show more' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button);
    expect(onMore).toHaveBeenCalledTimes(1);
  });
});
