import { Clipboard } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import { ProblemError } from '../../companion/problem-error.ts';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { fakeDataset, fakeFacility, fakeFacilityResource } from '../../testing/fake-facility.ts';
import { FindDataModel } from '../find-data-model.ts';
import { FindData } from '../find-data.tsx';
import { createDataSection } from '../section.tsx';

function setUp() {
  const companion = new FakeCompanion();
  companion.answers['GET facility'] = () => fakeFacility();
  companion.answers['GET datasets'] = () => ({
    items: [
      fakeDataset(),
      fakeDataset({ pid: '10.5072/hc', title: 'HC-5432 bamboo', sizeBytes: null, fits: false })
    ],
    cursor: null
  });
  companion.answers['GET datasets/files'] = () => ({
    items: [{ name: 'scan.h5', path: 'raw/scan.h5', sizeBytes: 12e6, localPath: null }],
    cursor: null
  });
  const { registry: commands, executed } = new FakeCommands();
  return { companion, commands, executed };
}

/** Pulls are switched off, and somebody may be asked. */
function withoutPulls() {
  const facility = fakeFacility();
  const { active } = facility;
  return {
    ...facility,
    active: active && { ...active, help: 'Ask the desk.', features: { pulls: false } }
  };
}

describe('the section Data', () => {
  const show = async ({ companion, commands }: ReturnType<typeof setUp>): Promise<void> => {
    const facility = fakeFacilityResource(companion);
    await facility.load();
    await act(async () => void render(createDataSection(companion, facility, commands).render()));
  };

  it('lists what the catalogue shows, with size and whether it fits', async () => {
    await show(setUp());
    const rows = screen.getAllByRole('row');
    expect(rows).toHaveLength(2);
    expect(rows[0]?.textContent).toContain('84 GB');
    expect(rows[0]?.textContent).toContain('fits');
    expect(rows[1]?.textContent).toContain('–');
    expect(rows[1]?.textContent).toContain('does not fit');
  });

  it('marks what needs a sign-in, in words too, and shows its verb without a mouse', async () => {
    const parts = setUp();
    parts.companion.answers['GET datasets'] = () => ({
      items: [
        fakeDataset({ pid: 'a', isPublic: false }),
        fakeDataset({ pid: 'b', isPublic: true }),
        fakeDataset({ pid: 'c', isPublic: null })
      ],
      cursor: null
    });
    await show(parts);
    const rows = screen.getAllByRole('row');
    expect(rows.map(row => row.textContent.includes('needs sign-in'))).toEqual([
      true,
      false,
      false
    ]);
    // Not in the title, which is cut off where the panel is narrow.
    expect(rows[0]?.querySelector('.jp-panosc-Row-aside')?.textContent).toContain('needs sign-in');
    for (const verb of screen.getAllByRole('button', { name: 'Pull' })) {
      expect(verb.classList).toContain('jp-mod-shown');
    }
  });

  it('pulls from the row, and goes on in the tab with Enter', async () => {
    const parts = setUp();
    await show(parts);
    fireEvent.click(within(screen.getAllByRole('row')[0] as HTMLElement).getByRole('button'));
    const box = screen.getByRole('searchbox');
    act(() => void fireEvent.change(box, { target: { value: 'bamboo' } }));
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(parts.executed).toEqual([
      [
        'panosc-transfers:pull',
        { pid: '10.5072/ma-0042', catalogue: 'demo', title: 'MA-0042 steel, load series' }
      ],
      ['panosc-datasets:find', { q: 'bamboo' }]
    ]);
  });

  it('offers no pull where pulls are switched off', async () => {
    const parts = setUp();
    parts.companion.answers['GET facility'] = withoutPulls;
    await show(parts);
    expect(screen.getAllByRole('row')).toHaveLength(2);
    expect(screen.queryByRole('button', { name: 'Pull' })).toBeNull();
  });

  it('says what to do when the catalogue does not answer', async () => {
    const parts = setUp();
    parts.companion.answers['GET datasets'] = () => {
      throw new ProblemError(fakeProblem({ detail: 'It does not answer.', action: 'retry' }));
    };
    await show(parts);
    expect(screen.getByRole('alert').textContent).toContain('It does not answer.');
    parts.companion.answers['GET datasets'] = () => ({ items: [], cursor: null });
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Retry' })));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByText(/Sign in to see data that is yours/)).toBeTruthy();
  });
});

describe('the tab Find data', () => {
  const show = async ({
    companion,
    commands
  }: ReturnType<typeof setUp>): Promise<FindDataModel> => {
    const model = new FindDataModel(companion);
    const facility = fakeFacilityResource(companion);
    await act(async () => {
      render(
        <FindData model={model} companion={companion} facility={facility} commands={commands} />
      );
      await model.show({ q: '' });
    });
    return model;
  };

  it('shows facts, files and the citation of the chosen dataset', async () => {
    const parts = setUp();
    await show(parts);
    await act(async () => void fireEvent.click(screen.getByText('MA-0042 steel, load series')));
    const details = screen.getByRole('region', { name: 'Details' });
    expect(details.textContent).toContain('Demo catalogue');
    expect(details.textContent).toContain('x-ray powder diffraction');
    expect(within(details).getByText('scan.h5')).toBeTruthy();
    fireEvent.click(within(details).getByRole('button', { name: 'Pull…' }));
    expect(parts.executed.at(-1)).toEqual([
      'panosc-transfers:pull',
      { pid: '10.5072/ma-0042', catalogue: 'demo', title: 'MA-0042 steel, load series' }
    ]);
  });

  it('says that pulls are switched off and whom to ask, instead of offering one', async () => {
    const parts = setUp();
    parts.companion.answers['GET facility'] = withoutPulls;
    await show(parts);
    await act(async () => void fireEvent.click(screen.getByText('MA-0042 steel, load series')));
    expect(screen.getByText(/Pulls are switched off at Demo facility/).textContent).toContain(
      'Ask the desk.'
    );
    expect(screen.queryByRole('button', { name: 'Pull…' })).toBeNull();
  });

  it('says that this machine has the files already, only where it has all of them', async () => {
    const parts = setUp();
    const file = (name: string, localPath: string | null) => ({
      name,
      path: name,
      sizeBytes: 1,
      localPath
    });
    PageConfig.setOption('serverRoot', '/data');
    parts.companion.answers['GET datasets/files'] = () => ({
      items: [file('a.h5', '/data/ma42/raw/a.h5'), file('b.h5', '/data/ma42/b.h5')],
      cursor: null
    });
    await show(parts);
    await act(async () => void fireEvent.click(screen.getByText('MA-0042 steel, load series')));
    const note = screen.getByRole('note');
    expect(note.textContent).toContain('in /data/ma42: no pull is needed');
    fireEvent.click(within(note).getByRole('button', { name: 'Open folder' }));
    expect(parts.executed.at(-1)).toEqual(['filebrowser:open-path', { path: 'ma42' }]);

    parts.companion.answers['GET datasets/files'] = () => ({
      items: [file('a.h5', '/data/ma42/raw/a.h5'), file('b.h5', null)],
      cursor: null
    });
    await act(async () => void fireEvent.click(screen.getByText('HC-5432 bamboo')));
    expect(screen.queryByRole('note')).toBeNull();
  });

  it('keeps the folder of "Pull data here" until it is let go', async () => {
    const parts = setUp();
    const model = await show(parts);
    await act(async () => model.show({ to: '~/work' }));
    expect(parts.companion.requests.at(-1)?.query?.['to']).toBe('~/work');
    expect(screen.getByText('Pulls go to ~/work.')).toBeTruthy();
    await act(
      async () => void fireEvent.click(screen.getByRole('button', { name: 'Use the usual folder' }))
    );
    expect(parts.companion.requests.at(-1)?.query?.['to']).toBeUndefined();
  });

  it('leads to the choice of a facility where there is none', async () => {
    const parts = setUp();
    parts.companion.answers['GET datasets'] = () => {
      throw new ProblemError(fakeProblem({ type: '/problems/no-profile' }));
    };
    await show(parts);
    fireEvent.click(screen.getByRole('button', { name: 'Choose your facility' }));
    expect(parts.executed).toEqual([['panosc-facility:choose', {}]]);
    parts.companion.answers['GET datasets'] = () => ({ items: [fakeDataset()], cursor: null });
    await act(async () => parts.companion.emit('facility', { id: 'demo' }));
    expect(screen.getByText('MA-0042 steel, load series')).toBeTruthy();
  });

  it('opens the details of a dataset that a command named', async () => {
    const parts = setUp();
    parts.companion.answers['GET datasets/item'] = () => fakeDataset({ title: 'named one' });
    const model = await show(parts);
    await act(async () => model.show({ pid: '10.5072/ma-0042' }));
    expect(screen.getByRole('region', { name: 'Details' }).textContent).toContain('named one');
    await act(async () => parts.companion.emit('facility', { id: 'other' }));
    expect(screen.queryByRole('region', { name: 'Details' })).toBeNull();
  });

  it('keeps the rows when there is no next page, and asks for it again', async () => {
    const parts = setUp();
    const firstPage = { items: [fakeDataset()], cursor: 'two' };
    parts.companion.answers['GET datasets'] = ({ query }) => {
      if (query?.['cursor'] === null) {
        return firstPage;
      }
      throw new ProblemError(fakeProblem({ detail: 'It does not answer.', action: 'retry' }));
    };
    const model = await show(parts);
    await act(async () => model.search.more());
    expect(screen.getByRole('alert').textContent).toContain('It does not answer.');
    expect(screen.getByText('MA-0042 steel, load series')).toBeTruthy();
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Retry' })));
    expect(parts.companion.requests.at(-1)?.query?.['cursor']).toBe('two');
  });

  it('offers the command that searches the same', async () => {
    const parts = setUp();
    const api = 'https://search.example.org/api';
    parts.companion.answers['GET facility/addresses'] = () => ({
      providers: [],
      catalogues: [{ id: 'demo', title: 'Demo catalogue', api }]
    });
    const model = await show(parts);
    await act(async () => model.show({ q: "Ada's steel " }));
    const copy = jest.spyOn(Clipboard, 'copyToSystem').mockImplementation(() => undefined);
    const menu = screen.getByRole('button', { name: 'Copy search as' });
    await act(async () => void fireEvent.click(menu));
    fireEvent.mouseEnter(screen.getByRole('menuitem', { name: 'curl' }));
    expect(screen.getByRole('group', { name: 'curl' }).textContent).toContain(`${api}/datasets`);
    fireEvent.click(screen.getByRole('menuitem', { name: 'jupyter panosc' }));
    expect(copy).toHaveBeenCalledWith("jupyter panosc search 'Ada'\\''s steel'\n");
    copy.mockRestore();
  });

  it('says so when a dataset has no files', async () => {
    const parts = setUp();
    parts.companion.answers['GET datasets/files'] = () => ({ items: [], cursor: null });
    await show(parts);
    await act(async () => void fireEvent.click(screen.getByText('MA-0042 steel, load series')));
    expect(screen.getByText('The catalogue lists no file of this dataset.')).toBeTruthy();
  });
});
