import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { fakeProblem } from '../../testing/fake-companion.ts';
import { fakeJob } from '../../testing/fake-job.ts';
import { JobState, finishedJobStates } from '../../contract/jobs.ts';
import { adviceFor, isFinished, lookOf } from '../job-states.ts';
import {
  asSentence,
  gpuLine,
  gpuText,
  isGrantDifferent,
  shareOfTime,
  timeSentence,
  timeText
} from '../job-words.ts';
import { notifyOfJob } from '../notify.ts';
import { resultInBrowser } from '../open-result.ts';
import { toContentsPath } from '../../shell/server-paths.ts';

const trans = nullTranslator.load('jupyterlab_panosc');

describe('states', () => {
  it('agree with the contract about what is finished', () => {
    expect(JobState.options.filter(isFinished)).toEqual(
      JobState.options.filter(state => finishedJobStates.includes(state))
    );
  });

  it('are told apart by their word alone', () => {
    const words = JobState.options.map(state => lookOf(state, trans).word);
    expect(new Set(words).size).toBe(words.length);
  });

  it('are good only when completed', () => {
    expect(JobState.options.filter(state => lookOf(state, trans).tone === 'good')).toEqual([
      'completed'
    ]);
  });

  it('say what to do when something went wrong', () => {
    for (const state of ['failed', 'timeout', 'out-of-memory', 'node-failed', 'refused'] as const) {
      expect(adviceFor({ state, exitCode: null, reason: null }, trans)).not.toBeNull();
    }
    expect(adviceFor({ state: 'failed', exitCode: 2, reason: null }, trans)).toContain('code 2');
    expect(adviceFor({ state: 'completed', exitCode: 0, reason: null }, trans)).toBeNull();
  });
});

describe('reasons', () => {
  it('become sentences', () => {
    expect(asSentence('the script ended with an error')).toBe('The script ended with an error.');
    expect(asSentence('All A40s are busy.')).toBe('All A40s are busy.');
    expect(asSentence(null)).toBeNull();
  });

  it('are not said again by the advice', () => {
    const reason = 'the script ended with an error';
    expect(adviceFor({ state: 'failed', exitCode: 3, reason }, trans)).toBe(
      'It ended with code 3. The last lines of the log usually say why.'
    );
    expect(adviceFor({ state: 'timeout', exitCode: null, reason: 'it ran out' }, trans)).toBe(
      'Resubmit with more time, or let it save its work on the way.'
    );
  });
});

describe('notifications', () => {
  it('say once, in sentences, that a job failed, and go away by themselves', () => {
    const emit = jest.spyOn(Notification, 'emit').mockReturnValue('n1');
    const job = fakeJob({ state: 'failed', reason: 'the script ended with an error' });
    notifyOfJob(job, '/home/alice', new FakeCommands().registry, trans);
    const [sentence, kind, options] = emit.mock.calls[0] ?? [];
    expect(sentence).toBe('Job recon-42: failed. The script ended with an error.');
    expect(kind).toBe('error');
    expect(options?.autoClose).toBe(12_000);
    emit.mockRestore();
  });
});

describe('time', () => {
  it('is elapsed and limit, each only where it is known', () => {
    const job = fakeJob();
    expect(timeText(job, 720)).toBe('0:12 / 2:00');
    expect(timeText(fakeJob({ timeLimitSeconds: null }), 720)).toBe('0:12');
    expect(timeText(fakeJob({ startedAt: null }), null)).toBe('2:00');
    expect(timeText(fakeJob({ startedAt: null, timeLimitSeconds: null }), null)).toBe('–');
    expect(timeSentence(job, 720, trans)).toBe('12 min of at most 2 h');
    expect(timeSentence(fakeJob({ state: 'failed' }), 12, trans)).toBe(
      'It ran for 12 s of at most 2 h.'
    );
  });

  it('has a share that never passes the whole', () => {
    expect(shareOfTime(fakeJob(), 3600)).toBe(0.5);
    expect(shareOfTime(fakeJob(), 99_999)).toBe(1);
    expect(shareOfTime(fakeJob({ timeLimitSeconds: null }), 10)).toBeNull();
    expect(shareOfTime(fakeJob(), null)).toBeNull();
  });
});

describe('GPUs', () => {
  it.each([
    ['gpu:a40:1', 'a40 ×1'],
    ['a40:2', 'a40 ×2'],
    ['gres/gpu:h100=4', 'h100 ×4'],
    ['gpu:2', 'GPU ×2'],
    ['gpu:a40:1,gpu:v100:2', 'a40 ×1, v100 ×2'],
    ['something else', 'something else']
  ])('%p reads %p', (raw, text) => {
    expect(gpuText(raw)).toBe(text);
  });

  it('say what was asked for until something is granted', () => {
    expect(gpuLine({ asked: 'a40:1', granted: null }, trans)).toBe('asked for a40 ×1');
    expect(gpuLine({ asked: 'a40:2', granted: 'a40:1' }, trans)).toBe('a40 ×1');
    expect(gpuLine({ asked: null, granted: null }, trans)).toBeNull();
  });

  it('differ only when the companion says so', () => {
    expect(isGrantDifferent(fakeJob({ gpus: { asked: 'gpu:a40:1', granted: 'a40:1' } }))).toBe(
      false
    );
    expect(
      isGrantDifferent(fakeJob({ problem: fakeProblem({ type: '/problems/grant-differs' }) }))
    ).toBe(true);
  });
});

describe('result', () => {
  it('is opened only where the file browser can reach it', () => {
    expect(toContentsPath('/home/alice/w/result.png', '/home/alice', '~')).toBe('w/result.png');
    expect(resultInBrowser({ resultPath: null }, '/home/alice')).toBeNull();
    expect(resultInBrowser({ resultPath: '/scratch/r.png' }, '/home/alice')).toBeNull();
  });
});
