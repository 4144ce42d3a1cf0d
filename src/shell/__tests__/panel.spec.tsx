import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import { ProblemError } from '../../companion/problem-error.ts';
import { facilityPlugin } from '../../facility/plugin.ts';
import type { IFacility } from '../../facility/tokens.ts';
import { signinPlugin } from '../../signin/plugin.ts';
import type { ISignin } from '../../signin/tokens.ts';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { fakeFacility, fakePending, fakeSignin } from '../../testing/fake-facility.ts';
import { SidebarContent } from '../panel.tsx';
import { Sidebar } from '../sidebar.ts';

const trans = nullTranslator.load('jupyterlab_panosc');

function setUp() {
  const companion = new FakeCompanion();
  const sidebar = new Sidebar({ load: () => Promise.resolve(), activate: () => undefined });
  const { registry: commands, executed, added } = new FakeCommands();
  sidebar.addSection({
    id: 'data',
    title: 'Data',
    rank: 100,
    load: async () => ({ render: () => <p>datasets</p>, toolbar: () => <button>tool</button> })
  });
  companion.answers['GET facility'] = () => fakeFacility();
  companion.answers['GET signin'] = () => fakeSignin();
  companion.answers['GET health'] = () => ({ contract: 1 });
  const show = async (): Promise<void> => {
    const app = {} as Parameters<typeof facilityPlugin.activate>[0];
    await act(async () => {
      render(
        <SidebarContent
          sidebar={sidebar}
          companion={companion}
          facility={facilityPlugin.activate(app, companion) as IFacility}
          signin={signinPlugin.activate(app, companion) as ISignin}
          commands={commands}
          trans={trans}
        />
      );
    });
  };
  return { companion, sidebar, commands, executed, added, show };
}

describe('the panel', () => {
  it('shows who, where and the sections', async () => {
    const { show, companion, added } = setUp();
    companion.answers['GET signin'] = () =>
      fakeSignin({
        state: 'signed-in',
        account: {
          provider: 'umbrella',
          providerTitle: 'UmbrellaID',
          name: 'Ada Lovelace',
          expiresAt: new Date(Date.now() + 40 * 60_000).toISOString(),
          renews: false
        }
      });
    await show();
    expect(screen.getByRole('button', { name: 'Account: Ada Lovelace' }).textContent).toContain(
      '40 min'
    );
    expect(screen.getByRole('button', { name: 'Account: Ada Lovelace' }).title).toBe(
      'Ada Lovelace\nSigned in with UmbrellaID, 40 min left'
    );
    // The first line of the menu, which says the same.
    expect(added.get('panosc-shell:account')?.label).toBe('Signed in with UmbrellaID, 40 min left');
    expect(screen.getByRole('button', { name: 'Facility: Demo facility' })).toBeTruthy();
    expect(screen.getByText('datasets')).toBeTruthy();
    expect(companion.events.state).toBe('open');
  });

  it('folds and unfolds a section', async () => {
    const { show, sidebar } = setUp();
    await show();
    const title = screen.getByRole('button', { name: 'Data' });
    fireEvent.click(title);
    expect(title.getAttribute('aria-expanded')).toBe('false');
    expect(screen.queryByText('datasets')).toBeNull();
    act(() => sidebar.reveal('data'));
    expect(title.getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(title);
  });

  it('begins with three lines, the demonstration first', async () => {
    const { show, companion } = setUp();
    companion.answers['GET facility'] = () => fakeFacility({ active: null });
    companion.answers['PUT facility'] = () => fakeFacility();
    await show();
    expect(screen.queryByRole('alert')).toBeNull();
    const choices = within(
      screen.getByRole('group', { name: 'Choose your facility' })
    ).getAllByRole('button');
    expect(choices[0]?.textContent).toContain('Demo facility');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'broken' }).disabled).toBe(true);
    expect(screen.getByText(/Unrecognized key/)).toBeTruthy();
    await act(async () => void fireEvent.click(choices[0] as Element));
    expect(companion.requests.find(({ method }) => method === 'PUT')?.body).toEqual({ id: 'demo' });
    expect(screen.getByText('datasets')).toBeTruthy();
  });

  it('shows open data without signing in', async () => {
    const { show, companion, executed } = setUp();
    companion.answers['GET facility'] = () => fakeFacility({ active: null });
    companion.answers['PUT facility'] = () => fakeFacility();
    await show();
    await act(
      async () =>
        void fireEvent.click(screen.getByRole('button', { name: /open data without signing in/ }))
    );
    expect(executed).toEqual([['panosc-datasets:find', {}]]);
  });

  it('goes to open data where several facilities are there and none is a demonstration', async () => {
    const { show, companion } = setUp();
    const profile = { demo: false, isOpen: false, mistake: null };
    companion.answers['GET facility'] = () =>
      fakeFacility({
        active: null,
        profiles: [
          { ...profile, id: 'lab', title: 'Lab' },
          { ...profile, id: 'open', title: 'Open data', isOpen: true }
        ]
      });
    companion.answers['PUT facility'] = () => fakeFacility();
    await show();
    await act(
      async () =>
        void fireEvent.click(screen.getByRole('button', { name: /open data without signing in/ }))
    );
    expect(companion.requests.find(({ method }) => method === 'PUT')?.body).toEqual({ id: 'open' });
  });

  it('hides what the facility has switched off', async () => {
    const { show, companion, sidebar } = setUp();
    sidebar.addSection({
      id: 'software',
      title: 'Software',
      rank: 400,
      domain: 'images',
      load: () => Promise.resolve({ render: () => <p>images</p> })
    });
    const facility = fakeFacility();
    companion.answers['GET facility'] = () =>
      fakeFacility({ active: facility.active && { ...facility.active, domains: ['datasets'] } });
    await show();
    expect(screen.getByText('datasets')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Software' })).toBeNull();
  });

  it('says in one sentence why there is no companion, and tries again', async () => {
    const { show, companion } = setUp();
    companion.answers['GET facility'] = () => {
      throw new ProblemError(
        fakeProblem({ title: 'No usable Node', detail: 'Install it.', action: 'retry' })
      );
    };
    await show();
    expect(screen.getByRole('alert').textContent).toContain('Install it.');
    companion.answers['GET facility'] = () => fakeFacility();
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Retry' })));
    expect(screen.getByText('datasets')).toBeTruthy();
  });

  it('signs in: one service, code, link, picture, then done', async () => {
    const { show, companion } = setUp();
    companion.answers['POST signin'] = () =>
      fakeSignin({ state: 'pending', pending: fakePending() });
    await show();
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Sign in' })));
    expect(companion.requests.find(({ path }) => path === 'signin' && true)?.path).toBe('signin');
    expect(screen.getByText('WDJB-MJHT')).toBeTruthy();
    expect(screen.getByRole('link').getAttribute('href')).toBe(
      'https://umbrella.example.org/device?user_code=WDJB-MJHT'
    );
    expect(screen.getByRole('link').getAttribute('rel')).toContain('noopener');
    expect(screen.getByRole('img').getAttribute('src')).toMatch(/^data:image\/svg\+xml/);
    expect(screen.getByText(/9 min left/)).toBeTruthy();
    act(() =>
      companion.emit(
        'signin',
        fakeSignin({
          state: 'signed-in',
          account: {
            provider: 'umbrella',
            providerTitle: 'UmbrellaID',
            name: 'Ada Lovelace',
            expiresAt: new Date().toISOString(),
            renews: true
          }
        })
      )
    );
    expect(screen.queryByText('WDJB-MJHT')).toBeNull();
    expect(screen.getByRole('button', { name: 'Account: Ada Lovelace' })).toBeTruthy();
  });

  it('gives up a sign-in, and offers a new code after it has expired', async () => {
    const { show, companion } = setUp();
    companion.answers['GET signin'] = () =>
      fakeSignin({
        state: 'pending',
        pending: fakePending({ expiresAt: new Date(Date.now() - 1000).toISOString() })
      });
    companion.answers['POST signin'] = () =>
      fakeSignin({ state: 'pending', pending: fakePending({ userCode: 'NEW1-CODE' }) });
    companion.answers['DELETE signin/pending'] = () => fakeSignin();
    await show();
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'New code' })));
    expect(screen.getByText('NEW1-CODE')).toBeTruthy();
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Cancel' })));
    expect(screen.queryByText('NEW1-CODE')).toBeNull();
    expect(companion.requests.some(({ method }) => method === 'DELETE')).toBe(true);
  });

  it('closes when the sign-in is given up in another tab', async () => {
    const { show, companion } = setUp();
    companion.answers['POST signin'] = () =>
      fakeSignin({ state: 'pending', pending: fakePending() });
    await show();
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Sign in' })));
    act(() => companion.emit('signin', fakeSignin()));
    expect(screen.queryByRole('group', { name: 'Sign in' })).toBeNull();
  });

  it('says why a sign-in ended, and offers another', async () => {
    const { show, companion } = setUp();
    companion.answers['POST signin'] = () =>
      fakeSignin({ state: 'pending', pending: fakePending() });
    await show();
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Sign in' })));
    const problem = fakeProblem({ type: '/problems/sign-in-expired', detail: 'It has expired.' });
    act(() => companion.emit('signin', fakeSignin({ problem })));
    expect(screen.getByRole('alert').textContent).toContain('It has expired.');
    expect(screen.getByRole('button', { name: 'New code from UmbrellaID' })).toBeTruthy();
  });

  it('opens no address that is not http', async () => {
    const { show, companion } = setUp();
    companion.answers['GET signin'] = () =>
      fakeSignin({
        state: 'pending',
        pending: fakePending({
          verificationUri: 'javascript:alert(1)',
          verificationUriComplete: null
        })
      });
    await show();
    expect(document.querySelector('.jp-panosc-Link')?.getAttribute('href')).toBeNull();
  });

  it('asks again when the session of the facility has ended', async () => {
    const { show, companion } = setUp();
    companion.answers['GET signin'] = () =>
      fakeSignin({
        state: 'needs-you',
        problem: fakeProblem({ title: 'Your sign-in has ended', action: 'sign-in' })
      });
    companion.answers['POST signin'] = () =>
      fakeSignin({ state: 'pending', pending: fakePending() });
    await show();
    await act(
      async () =>
        void fireEvent.click(
          within(screen.getByRole('alert')).getByRole('button', { name: 'Sign in' })
        )
    );
    expect(screen.getByText('WDJB-MJHT')).toBeTruthy();
  });

  it('says that the page is older than the companion', async () => {
    const { show, companion } = setUp();
    await show();
    expect(screen.queryByRole('button', { name: 'Reload the page' })).toBeNull();
    act(() => companion.emit('hello', { version: '9', contract: 2 }));
    expect(screen.getByRole('button', { name: 'Reload the page' })).toBeTruthy();
  });
});
