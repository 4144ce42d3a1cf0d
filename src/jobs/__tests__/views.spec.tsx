import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { ProblemError } from '../../companion/problem-error.ts';
import type { JobPreview } from '../../contract/jobs.ts';
import { nullTranslator } from '@jupyterlab/translation';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { fakeJob } from '../../testing/fake-job.ts';
import { fakeAccelerators, fakeFacility, fakeSearch } from './fakes.ts';
import { createJobTab } from '../job-tab.tsx';
import { JobsModel } from '../model.ts';
import { NewJobModel } from '../new-job-model.ts';
import { createNewJob } from '../new-job.tsx';
import { createJobsSection } from '../section.tsx';

const trans = nullTranslator.load('jupyterlab_panosc');

const refuseElsewhere = (): never => {
  throw new ProblemError(
    fakeProblem({
      type: '/problems/other-facility',
      status: 409,
      detail: 'This belongs to another facility.',
      action: 'fix-input'
    })
  );
};

const settle = (): Promise<void> =>
  act(async () => jest.advanceTimersByTimeAsync(600).then(() => undefined));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('section Jobs', () => {
  async function show(
    jobs: unknown[]
  ): Promise<{ executed: FakeCommands['executed']; companion: FakeCompanion }> {
    const companion = new FakeCompanion();
    companion.answers['GET jobs'] = () => ({ items: jobs, cursor: null });
    const model = new JobsModel(companion);
    const { registry: commands, executed } = new FakeCommands();
    render(createJobsSection({ model, facility: fakeFacility(), commands }).render());
    await settle();
    return { executed, companion };
  }

  it('says what will appear and how to get the first one', async () => {
    const { executed } = await show([]);
    fireEvent.click(screen.getByRole('button', { name: 'New job' }));
    expect(executed).toEqual([['panosc-jobs:new', {}]]);
  });

  it('says state, time and reason in words', async () => {
    await show([
      fakeJob({
        state: 'queued',
        startedAt: null,
        elapsedSeconds: null,
        reason: 'All A40s are busy.',
        gpus: { asked: 'a40:1', granted: null }
      })
    ]);
    const row = screen.getByRole('row');
    expect(row.textContent).toContain('waiting');
    expect(row.textContent).toContain('2:00');
    expect(row.textContent).toContain('All A40s are busy. · asked for a40 ×1');
  });

  it('opens by Enter, cancels by Delete, and takes that back', async () => {
    const { executed, companion } = await show([fakeJob()]);
    const row = screen.getByRole('row');
    fireEvent.keyDown(row, { key: 'Enter' });
    expect(executed).toEqual([['panosc-jobs:open', { id: 'j_1' }]]);
    fireEvent.keyDown(row, { key: 'Delete' });
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await act(async () => jest.advanceTimersByTimeAsync(10_000).then(() => undefined));
    expect(companion.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('offers to choose the facility of a job that belongs to another one', async () => {
    const { executed, companion } = await show([fakeJob()]);
    companion.answers['POST jobs/j_1/cancel'] = refuseElsewhere;
    fireEvent.keyDown(screen.getByRole('row'), { key: 'Delete' });
    await act(async () => jest.advanceTimersByTimeAsync(10_000).then(() => undefined));
    expect(screen.getByRole('row').textContent).toContain('This belongs to another facility.');
    fireEvent.click(screen.getByRole('button', { name: 'Choose facility' }));
    expect(executed.map(([command]) => command)).toEqual(['panosc-facility:choose']);
    await settle();
    expect(screen.getByRole('button', { name: 'Open' })).toBeTruthy();
  });

  it('offers no Cancel for what has ended, and says so when it ran without its image', async () => {
    await show([fakeJob({ state: 'completed', ranWithoutImage: true })]);
    expect(screen.queryByRole('button', { name: /Cancel/ })).toBeNull();
    expect(screen.getByRole('row').textContent).toContain('ran without the image');
  });
});

describe('tab New job', () => {
  const preview: JobPreview = {
    script: '#!/bin/bash\n#SBATCH --time=60\ntrue\n',
    summary: 'Runs "recon" for an hour.',
    findings: [
      { field: 'gpus', severity: 'warning', text: 'The image says that 1 is useful.' },
      { field: 'script', severity: 'error', text: 'The script is empty.' }
    ]
  };

  async function show(): Promise<{
    companion: FakeCompanion;
    draft: NewJobModel;
    executed: FakeCommands['executed'];
  }> {
    const companion = new FakeCompanion();
    companion.answers['GET jobs/partitions'] = () => ({
      items: [
        {
          cluster: 'hpc',
          name: 'gpu',
          isDefault: true,
          isUp: true,
          maxMinutes: 2880,
          maxCpusPerNode: 64,
          maxMemoryMB: 524_288,
          nodes: 4
        }
      ]
    });
    companion.answers['POST jobs/preview'] = () => preview;
    companion.answers['POST jobs'] = () => fakeJob({ name: 'recon' });
    const draft = new NewJobModel(companion, trans, {
      script: 'true',
      name: 'recon',
      workdir: '/home/alice/w'
    });
    const { registry: commands, executed } = new FakeCommands();
    render(
      createNewJob({
        draft,
        model: new JobsModel(companion),
        accelerators: fakeAccelerators(),
        facility: fakeFacility(),
        search: fakeSearch(),
        editors: null,
        commands
      })
    );
    await settle();
    return { companion, draft, executed };
  }

  it('says in one sentence what it will do, and shows the exact script', async () => {
    await show();
    expect(
      screen.getByText('Runs "recon" for an hour. Change what is marked below first.')
    ).toBeTruthy();
    expect(screen.getByText(/#SBATCH --time=60/)).toBeTruthy();
  });

  it('puts findings beside their field', async () => {
    await show();
    const gpu = screen.getByLabelText('GPU');
    const ids = (gpu.getAttribute('aria-describedby') ?? '').split(' ');
    const texts = ids.map(id => document.getElementById(id)?.textContent);
    expect(texts.some(text => text?.includes('1 is useful'))).toBe(true);
    expect(screen.getByText('The script is empty.')).toBeTruthy();
  });

  it('offers the GPUs that are there, with how many are free', async () => {
    const { draft } = await show();
    const gpu = screen.getByLabelText('GPU');
    expect(within(gpu).getByText('a40 — 3 of 8 free')).toBeTruthy();
    fireEvent.change(gpu, { target: { value: 'a40' } });
    expect(draft.request?.gpus).toEqual({ type: 'a40', count: 1 });
    expect(screen.getByText('One machine has at most 4 of them.')).toBeTruthy();
  });

  it('says how a time was understood', async () => {
    const { draft } = await show();
    fireEvent.change(screen.getByLabelText('Time limit'), { target: { value: '1.5 h' } });
    expect(screen.getByText('That is 1 h 30 min. At most 2 d here.')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Time limit'), { target: { value: '2:00' } });
    expect(screen.getByText(/That is 2 min: minutes and seconds, as sbatch reads it/)).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Time limit'), { target: { value: 'soon' } });
    expect(draft.request).toBeNull();
    expect(screen.getByLabelText('Time limit').getAttribute('aria-invalid')).toBe('true');
  });

  it('shows only what the chosen cluster offers', async () => {
    await show();
    fireEvent.change(screen.getByLabelText('Where it runs'), { target: { value: 'here' } });
    expect(screen.queryByLabelText('Partition')).toBeNull();
    expect(screen.queryByLabelText('GPU')).toBeNull();
    expect(screen.getByText(/on this machine, without a scheduler/)).toBeTruthy();
    await settle();
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Copy as' })));
    expect(screen.queryByRole('menuitem', { name: 'sbatch' })).toBeNull();
    expect(screen.getByRole('menuitem', { name: 'sh' })).toBeTruthy();
  });

  it('never says what an older form would have done', async () => {
    const { companion } = await show();
    companion.answers['POST jobs/preview'] = () => ({ ...preview, findings: [] });
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: '' } });
    expect(screen.queryByText(/Runs "recon" for an hour/)).toBeNull();
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'again' } });
    await settle();
    expect(screen.getByText('Runs "recon" for an hour.')).toBeTruthy();
  });

  it('picks an image by keyboard and lets it go again', async () => {
    const { draft } = await show();
    const box = screen.getByRole('combobox', { name: 'Image' });
    fireEvent.focus(box);
    fireEvent.keyDown(box, { key: 'ArrowDown' });
    expect(box.getAttribute('aria-activedescendant')).not.toBeNull();
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(draft.form.image).toBe('sw.example:/xrd/2.sif');
    fireEvent.click(screen.getByRole('button', { name: 'Run without this image' }));
    expect(draft.form.image).toBe('');
  });

  it('submits once and opens the job', async () => {
    const { companion, executed } = await show();
    const button = screen.getByRole('button', { name: 'Submit' });
    fireEvent.click(button);
    fireEvent.click(button);
    await settle();
    expect(companion.requests.filter(({ path }) => path === 'jobs')).toHaveLength(1);
    expect(executed).toContainEqual(['panosc-jobs:open', { id: 'j_1' }]);
    expect(screen.getByText('recon was submitted.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Submit' })).toBeNull();
  });
});

describe('tab Job', () => {
  async function show(
    job = fakeJob()
  ): Promise<{ companion: FakeCompanion; executed: FakeCommands['executed'] }> {
    const companion = new FakeCompanion();
    companion.answers['GET jobs'] = () => ({ items: [], cursor: null });
    companion.answers['GET jobs/j_1'] = () => ({
      ...job,
      script: '#!/bin/bash\nthe script',
      request: {}
    });
    companion.answers['GET jobs/j_1/log'] = request => ({
      text: request.query?.['offset'] === 0 ? 'frame 1\nframe 2\n' : '',
      next: 16,
      size: 16,
      complete: false
    });
    const { registry: commands, executed } = new FakeCommands();
    const tab = render(
      createJobTab({
        id: 'j_1',
        companion,
        model: new JobsModel(companion),
        facility: fakeFacility(),
        commands
      })
    );
    await settle();
    void tab;
    return { companion, executed };
  }

  it('says how the job does, with log and script', async () => {
    await show(
      fakeJob({ gpus: { asked: 'gpu:a40:2', granted: 'gpu:a40:1' }, ranWithoutImage: true })
    );
    expect(screen.getByRole('heading', { name: 'recon-42' })).toBeTruthy();
    expect(screen.getByText('12 min of at most 2 h')).toBeTruthy();
    expect(screen.getByText('asked for a40 ×2, granted a40 ×1')).toBeTruthy();
    expect(screen.getByText(/It runs WITHOUT the image/)).toBeTruthy();
    expect(screen.getByText('frame 2')).toBeTruthy();
    expect(screen.getByText(/the script/)).toBeTruthy();
  });

  it('filters the log', async () => {
    await show();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'FRAME 1' } });
    expect(screen.getByText('frame 1')).toBeTruthy();
    expect(screen.queryByText('frame 2')).toBeNull();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'nothing' } });
    expect(screen.getByText('No line has "nothing".')).toBeTruthy();
  });

  it('cancels with one button that then takes it back', async () => {
    const { companion } = await show();
    const button = screen.getByRole('button', { name: 'Cancel' });
    fireEvent.click(button);
    expect(button.textContent).toBe('Undo');
    fireEvent.click(button);
    await act(async () => jest.advanceTimersByTimeAsync(10_000).then(() => undefined));
    expect(companion.requests.some(({ method }) => method === 'POST')).toBe(false);
  });

  it('offers to choose the facility that the job belongs to', async () => {
    const { companion, executed } = await show();
    companion.answers['POST jobs/j_1/cancel'] = refuseElsewhere;
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await act(async () => jest.advanceTimersByTimeAsync(10_000).then(() => undefined));
    fireEvent.click(screen.getByRole('button', { name: 'Choose facility' }));
    expect(executed.map(([command]) => command)).toEqual(['panosc-facility:choose']);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says what to do when it failed, and offers to change and resubmit', async () => {
    const { executed } = await show(
      fakeJob({ state: 'out-of-memory', endedAt: '2026-11-24T11:00:00Z' })
    );
    expect(screen.getByText(/Resubmit with more memory/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Resubmit with changes' }));
    expect(executed).toEqual([['panosc-jobs:new', { from: 'j_1' }]]);
  });

  it('says that it was removed, and does not wait for ever', async () => {
    const { companion } = await show(fakeJob({ state: 'completed' }));
    companion.answers['DELETE jobs/j_1'] = () => undefined;
    fireEvent.click(screen.getByRole('button', { name: 'Remove from the list' }));
    await settle();
    expect(screen.getByText(/no longer in the list/)).toBeTruthy();
  });

  it('tells where a result lies that JupyterLab cannot open', async () => {
    await show(fakeJob({ state: 'completed', resultPath: '/scratch/result.png' }));
    expect(screen.queryByRole('button', { name: 'Open result' })).toBeNull();
    expect(screen.getByText(/result.png lies outside/)).toBeTruthy();
  });

  it('shows why a job cannot be shown', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET jobs'] = () => ({ items: [], cursor: null });
    const { registry: commands } = new FakeCommands();
    render(
      createJobTab({
        id: 'j_9',
        companion,
        model: new JobsModel(companion),
        facility: fakeFacility(),
        commands
      })
    );
    await settle();
    expect(screen.getByRole('alert').textContent).toContain(
      fakeProblem({ title: 'There is no such thing' }).title
    );
  });
});
