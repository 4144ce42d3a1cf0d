import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { fakeProblem } from '../../testing/fake-companion.ts';
import { HelpContext } from '../help.ts';
import { LiveRegion } from '../live-region.tsx';
import { openModal } from '../modal.tsx';
import { ProblemBanner } from '../problem-banner.tsx';
import { ProgressBar } from '../progress-bar.tsx';
import { Waiting } from '../waiting.tsx';

const trans = nullTranslator.load('jupyterlab_panosc');

describe('ProblemBanner', () => {
  it('says what happened, with the button that helps and the details to copy', () => {
    const onSignIn = jest.fn();
    render(
      <ProblemBanner
        problem={fakeProblem({
          title: 'The store refused access',
          detail: 'Sign in with another account.',
          action: 'sign-in',
          instance: 'r_42'
        })}
        onSignIn={onSignIn}
        onRetry={jest.fn()}
      />
    );
    expect(screen.getByRole('alert').textContent).toContain('Sign in with another account.');
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(onSignIn).toHaveBeenCalled();
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
    expect(screen.getByText(/request: r_42/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy details' })).toBeTruthy();
  });

  it.each([
    ['contact', 500, true],
    ['sign-in', 403, true],
    ['retry', 502, false]
  ] as const)('with action %s and status %d, says whom to ask: %s', (action, status, isSaid) => {
    render(
      <HelpContext.Provider value="Write to helpdesk@example.org.">
        <ProblemBanner problem={fakeProblem({ action, status })} />
      </HelpContext.Provider>
    );
    expect(screen.queryByText('Write to helpdesk@example.org.') !== null).toBe(isSaid);
  });

  it('offers to load the page again when it is about Jupyter', () => {
    render(<ProblemBanner problem={fakeProblem({ type: '/problems/jupyter', status: 403 })} />);
    expect(screen.getByRole('button', { name: 'Reload the page' })).toBeTruthy();
  });

  it.each(['other-facility', 'no-profile'])(
    'offers to choose a facility for %s, and no retry that would end the same',
    slug => {
      const onChooseFacility = jest.fn();
      const props = { onChooseFacility, onRetry: jest.fn() };
      const problem = fakeProblem({ type: `/problems/${slug}`, status: 409, action: 'retry' });
      const { rerender } = render(<ProblemBanner problem={problem} {...props} />);
      expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
      fireEvent.click(screen.getByRole('button', { name: 'Choose facility' }));
      expect(onChooseFacility).toHaveBeenCalled();
      rerender(<ProblemBanner problem={fakeProblem({ action: 'retry' })} {...props} />);
      expect(screen.queryByRole('button', { name: 'Choose facility' })).toBeNull();
    }
  );

  it('is not there without a problem', () => {
    const { container } = render(<ProblemBanner problem={null} />);
    expect(container.textContent).toBe('');
  });
});

describe('ProgressBar', () => {
  it('claims no percentage that is not known', () => {
    render(<ProgressBar share={null} label="x" valueText="12 GB so far" />);
    const bar = screen.getByRole('progressbar');
    expect(bar.getAttribute('aria-valuenow')).toBeNull();
    expect(bar.getAttribute('aria-valuetext')).toBe('12 GB so far');
  });

  it('is whole only when everything is done', () => {
    const { rerender } = render(<ProgressBar share={0.9999} label="x" />);
    const now = (): string | null => screen.getByRole('progressbar').getAttribute('aria-valuenow');
    expect(now()).toBe('99');
    rerender(<ProgressBar share={1} label="x" />);
    expect(now()).toBe('100');
  });
});

describe('with a clock', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const pass = (ms: number): void => act(() => void jest.advanceTimersByTime(ms));

  it('speaks at most every ten seconds, the newest last', () => {
    const { rerender } = render(<LiveRegion text="1 %" />);
    const said = (): string | null => screen.getByRole('status').textContent;
    pass(1);
    expect(said()).toBe('1 %');
    rerender(<LiveRegion text="2 %" />);
    pass(5_000);
    rerender(<LiveRegion text="3 %" />);
    expect(said()).toBe('1 %');
    pass(5_000);
    expect(said()).toBe('3 %');
  });

  it('shows nothing, then a skeleton, then what is waited for', () => {
    const onStop = jest.fn();
    const { container } = render(<Waiting what="the catalogue" rows={3} onStop={onStop} />);
    const skeletons = (): number => container.querySelectorAll('.jp-panosc-Skeleton').length;
    pass(200);
    expect(skeletons()).toBe(0);
    pass(200);
    expect(skeletons()).toBe(3);
    expect(screen.queryByRole('button')).toBeNull();
    pass(10_000);
    expect(screen.getByRole('status').textContent).toContain('Still waiting for the catalogue.');
    fireEvent.click(screen.getByRole('button', { name: 'Stop waiting' }));
    expect(onStop).toHaveBeenCalled();
  });
});

describe('openModal', () => {
  it('takes the focus, keeps it, and gives it back on Escape', async () => {
    const before = document.createElement('button');
    document.body.append(before);
    before.focus();
    let closed: Promise<void> = Promise.resolve();
    await act(async () => {
      closed = openModal({
        title: 'Pull',
        trans,
        render: () => (
          <>
            <input aria-label="Folder" data-autofocus />
            <button type="button">Go</button>
          </>
        )
      });
      await new Promise(resolve => requestAnimationFrame(resolve));
    });
    const dialog = await screen.findByRole('dialog', { name: 'Pull' });
    const input = screen.getByLabelText('Folder');
    expect(document.activeElement).toBe(input);
    fireEvent.keyDown(input, { key: 'Tab', shiftKey: true });
    expect(document.activeElement).toBe(screen.getByText('Go'));
    fireEvent.keyDown(screen.getByText('Go'), { key: 'Tab' });
    expect(document.activeElement).toBe(input);
    act(() => void fireEvent.keyDown(dialog, { key: 'Escape' }));
    await closed;
    expect(document.activeElement).toBe(before);
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
