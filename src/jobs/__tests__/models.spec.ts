import { nullTranslator } from '@jupyterlab/translation';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { fakeJob } from '../../testing/fake-job.ts';
import { ProblemError } from '../../companion/problem-error.ts';
import { Submission } from '../../companion/submission.ts';
import type { Job, JobRequest } from '../../contract/jobs.ts';
import { PreviewModel } from '../job-preview.ts';
import { JobsModel } from '../model.ts';
import { NewJobModel } from '../new-job-model.ts';

const trans = nullTranslator.load('jupyterlab_panosc');
const request: JobRequest = { name: 'a', script: 'true', workdir: '/w', binds: [] };
const preview = { script: '#!/bin/bash\n', summary: 'Runs it.', findings: [] };

const keysOf = (companion: FakeCompanion): (string | undefined)[] =>
  companion.requests
    .filter(({ method, path }) => method === 'POST' && path === 'jobs')
    .map(({ options }) => options?.idempotencyKey);

describe('submission', () => {
  it('makes one request of a double click', async () => {
    const companion = new FakeCompanion();
    companion.answers['POST jobs'] = () => fakeJob();
    const submission = new Submission<JobRequest, Job>(companion, 'jobs');
    const [first, second] = await Promise.all([
      submission.submit(request),
      submission.submit(request)
    ]);
    expect(first).toBe(second);
    expect(keysOf(companion)).toHaveLength(1);
  });

  it('keeps its key until it was answered', async () => {
    const companion = new FakeCompanion();
    companion.answers['POST jobs'] = () => {
      throw new TypeError('network');
    };
    const submission = new Submission<JobRequest, Job>(companion, 'jobs');
    await expect(submission.submit(request)).rejects.toThrow();
    await expect(submission.submit(request)).rejects.toThrow();
    companion.answers['POST jobs'] = () => fakeJob();
    await submission.submit(request);
    const [first, second, third] = keysOf(companion);
    expect(first).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    expect([second, third]).toEqual([first, first]);
    await submission.submit(request);
    expect(keysOf(companion)[3]).not.toBe(first);
  });

  it('takes a new key after a refusal and for another request', async () => {
    const companion = new FakeCompanion();
    companion.answers['POST jobs'] = () => {
      throw new ProblemError(fakeProblem({ status: 422 }));
    };
    const submission = new Submission<JobRequest, Job>(companion, 'jobs');
    await expect(submission.submit(request)).rejects.toThrow();
    companion.answers['POST jobs'] = () => {
      throw new ProblemError(fakeProblem({ status: 502 }));
    };
    await expect(submission.submit(request)).rejects.toThrow();
    await expect(submission.submit({ ...request, name: 'b' })).rejects.toThrow();
    expect(new Set(keysOf(companion)).size).toBe(3);
  });
});

describe('preview', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('asks once after a pause', async () => {
    const companion = new FakeCompanion();
    companion.answers['POST jobs/preview'] = () => preview;
    const model = new PreviewModel(companion);
    model.ask(request);
    await jest.advanceTimersByTimeAsync(200);
    model.ask({ ...request, name: 'b' });
    await jest.advanceTimersByTimeAsync(500);
    expect(companion.requests.map(({ body }) => (body as JobRequest).name)).toEqual(['b']);
    expect(model.value).toEqual(preview);
    expect(model.isStale).toBe(false);
  });

  it('gives up a question that is no longer wanted', async () => {
    const companion = new FakeCompanion();
    const answers: ((value: unknown) => void)[] = [];
    companion.answers['POST jobs/preview'] = () => new Promise(resolve => answers.push(resolve));
    const model = new PreviewModel(companion);
    model.ask(request);
    await jest.advanceTimersByTimeAsync(500);
    model.ask({ ...request, name: 'b' });
    await jest.advanceTimersByTimeAsync(500);
    expect(companion.requests[0]?.options?.signal?.aborted).toBe(true);
    answers[1]?.({ ...preview, summary: 'new' });
    answers[0]?.({ ...preview, summary: 'old' });
    await jest.advanceTimersByTimeAsync(0);
    expect(model.value?.summary).toBe('new');
  });
});

describe('new job', () => {
  const filled = { script: 'true', name: 'a', workdir: '/w' };

  it('blames an empty field only after Submit', async () => {
    const model = new NewJobModel(new FakeCompanion(), trans, {});
    expect(model.findings).toEqual([]);
    await expect(model.submit()).resolves.toBeNull();
    expect(model.findings.map(({ field }) => field)).toEqual(['script', 'name', 'workdir']);
    model.dispose();
  });

  it('does not submit the same form twice by accident', async () => {
    const companion = new FakeCompanion();
    companion.answers['POST jobs'] = () => fakeJob();
    const model = new NewJobModel(companion, trans, filled);
    await Promise.all([model.submit(), model.submit()]);
    await model.submit();
    expect(keysOf(companion)).toHaveLength(1);
    expect(model.submitted?.id).toBe('j_1');
    model.again();
    await model.submit();
    expect(new Set(keysOf(companion)).size).toBe(2);
    model.dispose();
  });

  it('shows why it did not work and lets a person change it', async () => {
    const companion = new FakeCompanion();
    companion.answers['POST jobs'] = () => {
      throw new ProblemError(fakeProblem({ status: 422, title: 'refused' }));
    };
    const model = new NewJobModel(companion, trans, filled);
    await model.submit();
    expect(model.problem?.title).toBe('refused');
    model.update({ partition: 'gpu' });
    expect(model.problem).toBeNull();
    model.dispose();
  });

  it('starts from what another job asked for', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET jobs/j_1'] = () => ({
      ...fakeJob(),
      script: '#SBATCH --job-name=a\ntrue',
      request: { ...request, timeMinutes: 90, gpus: { type: 'a40', count: 1 } }
    });
    const model = new NewJobModel(companion, trans, {});
    await model.startFrom('j_1');
    expect(model.form).toMatchObject({ script: 'true', time: '1 h 30 min', gpuType: 'a40' });
    model.dispose();
  });
});

describe('jobs', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function modelWith(companion: FakeCompanion): JobsModel {
    companion.answers['GET jobs'] = () => ({ items: [fakeJob()], cursor: null });
    return new JobsModel(companion);
  }

  it('cancels after five seconds and takes the answer', async () => {
    const companion = new FakeCompanion();
    const model = modelWith(companion);
    await model.list.load();
    companion.answers['POST jobs/j_1/cancel'] = () =>
      fakeJob({ state: 'cancelled', updatedAt: '2026-11-24T11:00:00Z' });
    model.cancelling.start('j_1');
    await jest.advanceTimersByTimeAsync(4_900);
    expect(model.cancelling.isWaiting('j_1')).toBe(true);
    expect(companion.requests.some(({ method }) => method === 'POST')).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    expect(model.list.get('j_1')?.state).toBe('cancelled');
    expect(model.cancelling.isSent('j_1')).toBe(false);
  });

  it('sends nothing when it was undone', async () => {
    const companion = new FakeCompanion();
    const model = modelWith(companion);
    model.cancelling.start('j_1');
    model.cancelling.undo('j_1');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(companion.requests).toHaveLength(0);
  });

  it('keeps why a job could not be cancelled', async () => {
    const companion = new FakeCompanion();
    const model = modelWith(companion);
    companion.answers['POST jobs/j_1/cancel'] = () => {
      throw new ProblemError(fakeProblem({ title: 'The job still runs' }));
    };
    model.cancelling.start('j_1');
    await jest.advanceTimersByTimeAsync(5_100);
    expect(model.problemOf('j_1')?.title).toBe('The job still runs');
    model.forgetProblem('j_1');
    expect(model.problemOf('j_1')).toBeNull();
  });

  it('takes an ended job off the list only when the companion did', async () => {
    const companion = new FakeCompanion();
    const model = modelWith(companion);
    await model.list.load();
    await model.remove('j_1');
    expect(model.list.get('j_1')).toBeDefined();
    expect(model.problemOf('j_1')).not.toBeNull();
    companion.answers['DELETE jobs/j_1'] = () => undefined;
    await model.remove('j_1');
    expect(model.list.get('j_1')).toBeUndefined();
  });

  it('follows events', async () => {
    const companion = new FakeCompanion();
    const model = modelWith(companion);
    await model.list.load();
    companion.emit('job', fakeJob({ id: 'j_2', createdAt: '2026-11-24T12:00:00Z' }));
    expect(model.list.items.map(({ id }) => id)).toEqual(['j_2', 'j_1']);
    companion.emit('job-removed', { id: 'j_1' });
    expect(model.list.items.map(({ id }) => id)).toEqual(['j_2']);
  });

  it('counts the time on from when it was told, by our own clock, the same for everybody', async () => {
    const companion = new FakeCompanion();
    const model = modelWith(companion);
    await model.list.load();
    const job = (): Job => model.list.get('j_1') ?? fakeJob();
    // Nobody looks for a while; whoever looks first does not start the clock.
    await jest.advanceTimersByTimeAsync(8_000);
    expect(model.elapsedSeconds(job())).toBe(728);
    await jest.advanceTimersByTimeAsync(22_000);
    expect(model.elapsedSeconds(job())).toBe(750);
    companion.emit('job', fakeJob({ elapsedSeconds: 760 }));
    expect(model.elapsedSeconds(job())).toBe(760);
  });

  it('never turns the clock of a running job back, except for a new start', async () => {
    const companion = new FakeCompanion();
    const model = modelWith(companion);
    await model.list.load();
    await jest.advanceTimersByTimeAsync(30_000);
    const old = fakeJob({ elapsedSeconds: 722 });
    companion.emit('job', old);
    expect(model.elapsedSeconds(old)).toBe(750);
    const anew = fakeJob({ elapsedSeconds: 1, startedAt: '2026-11-24T10:20:00Z' });
    companion.emit('job', anew);
    expect(model.elapsedSeconds(anew)).toBe(1);
  });

  it('does not count on after the end, or where nothing is known', async () => {
    const companion = new FakeCompanion();
    const model = modelWith(companion);
    await model.list.load();
    const ended = fakeJob({ state: 'completed' });
    companion.emit('job', ended);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(model.elapsedSeconds(ended)).toBe(720);
    expect(model.elapsedSeconds(fakeJob({ elapsedSeconds: null }))).toBeNull();
  });
});
