import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { ProblemError } from '../../companion/problem-error.ts';
import type { JobLog } from '../../contract/jobs.ts';
import { LogFollower } from '../log-follower.ts';
import { LogText } from '../log-text.ts';

const PATH = 'GET jobs/j_1/log';

/** Serves a text as the companion does, at most `chunk` characters at once. */
function serve(
  companion: FakeCompanion,
  log: { text: string; isDone: boolean },
  chunk = 1000
): void {
  companion.answers[PATH] = request => {
    const offset = Number(request.query?.['offset']);
    const text = log.text.slice(offset, offset + chunk);
    const answer: JobLog = {
      text,
      next: offset + text.length,
      size: log.text.length,
      complete: log.isDone
    };
    return answer;
  };
}

const texts = (follower: LogFollower): string[] => follower.lines.map(({ text }) => text);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('log follower', () => {
  it('asks only while somebody looks', async () => {
    const companion = new FakeCompanion();
    const log = { text: 'one\n', isDone: false };
    serve(companion, log);
    const follower = new LogFollower(companion, 'j_1', 'out');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(companion.requests).toHaveLength(0);
    follower.setActive(true);
    await jest.advanceTimersByTimeAsync(0);
    expect(texts(follower)).toEqual(['one']);
    log.text += 'two\n';
    await jest.advanceTimersByTimeAsync(2_000);
    expect(texts(follower)).toEqual(['one', 'two']);
    const asked = companion.requests.length;
    follower.setActive(false);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(companion.requests).toHaveLength(asked);
    log.text += 'three\n';
    follower.setActive(true);
    await jest.advanceTimersByTimeAsync(0);
    expect(texts(follower)).toEqual(['one', 'two', 'three']);
    follower.dispose();
  });

  it('begins with a whole line after it has left out the beginning', async () => {
    const companion = new FakeCompanion();
    const text = Array.from({ length: 800 }, (_, index) => `${index} ${'x'.repeat(990)}\n`).join(
      ''
    );
    serve(companion, { text, isDone: true }, 65_536);
    const follower = new LogFollower(companion, 'j_1', 'out');
    follower.setActive(true);
    await jest.advanceTimersByTimeAsync(100);
    expect(follower.isCut).toBe(true);
    expect(follower.lines.length).toBeGreaterThan(200);
    expect(texts(follower)[0]).toMatch(/^\d+ x{990}$/);
  });

  it('stops when the job has ended and all was read', async () => {
    const companion = new FakeCompanion();
    serve(companion, { text: 'a\nb\nc\n', isDone: true }, 2);
    const follower = new LogFollower(companion, 'j_1', 'out');
    follower.setActive(true);
    await jest.advanceTimersByTimeAsync(100);
    expect(texts(follower)).toEqual(['a', 'b', 'c']);
    expect(follower.isComplete).toBe(true);
    const asked = companion.requests.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(companion.requests).toHaveLength(asked);
  });

  it('reads a huge log from near its end and says so', async () => {
    const companion = new FakeCompanion();
    const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join('');
    serve(companion, { text, isDone: true }, 65_536);
    const follower = new LogFollower(companion, 'j_1', 'out');
    follower.setActive(true);
    await jest.advanceTimersByTimeAsync(100);
    expect(follower.isCut).toBe(true);
    expect(follower.lines.length).toBeLessThanOrEqual(2_001);
    expect(texts(follower).at(-1)).toBe('line 99999');
    expect(texts(follower).every(line => /^line \d+$/.test(line))).toBe(true);
    expect(companion.requests.length).toBeLessThan(10);
  });

  it('starts again when the file was written anew', async () => {
    const companion = new FakeCompanion();
    const log = { text: 'first run\n', isDone: false };
    serve(companion, log);
    const follower = new LogFollower(companion, 'j_1', 'out');
    follower.setActive(true);
    await jest.advanceTimersByTimeAsync(0);
    log.text = '2nd\n';
    await jest.advanceTimersByTimeAsync(2_100);
    expect(texts(follower)).toEqual(['2nd']);
    follower.dispose();
  });

  it('keeps what it has when the companion does not answer, and goes on', async () => {
    const companion = new FakeCompanion();
    const log = { text: 'one\n', isDone: false };
    serve(companion, log);
    const follower = new LogFollower(companion, 'j_1', 'out');
    follower.setActive(true);
    await jest.advanceTimersByTimeAsync(0);
    companion.answers[PATH] = () => {
      throw new ProblemError(fakeProblem({ title: 'gone' }));
    };
    await jest.advanceTimersByTimeAsync(2_000);
    expect(follower.problem?.title).toBe('gone');
    expect(texts(follower)).toEqual(['one']);
    log.text += 'two\n';
    serve(companion, log);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(follower.problem).toBeNull();
    expect(texts(follower)).toEqual(['one', 'two']);
    follower.dispose();
  });
});

describe('log text', () => {
  it('joins lines that arrive in pieces', () => {
    const log = new LogText();
    log.push('he');
    log.push('llo\nwor');
    expect(log.lines.map(({ text }) => text)).toEqual(['hello', 'wor']);
    log.push('ld\n');
    expect(log.lines).toEqual([
      { number: 1, text: 'hello' },
      { number: 2, text: 'world' }
    ]);
  });

  it('shows of a progress bar what a terminal would show', () => {
    const log = new LogText();
    log.push('10 %\r50 %\r100 %\r\n\u001b[32mgreen\u001b[0m\n');
    expect(log.lines.map(({ text }) => text)).toEqual(['100 %', 'green']);
  });

  it('keeps 2,000 lines, whether they come at once or one by one', () => {
    const log = new LogText();
    const many = Array.from({ length: 5_000 }, (_, index) => `${index}\n`);
    log.push(many.join(''));
    log.push('last\n');
    expect(log.lines).toHaveLength(2_000);
    expect(log.lines.at(-1)).toEqual({ number: 5_001, text: 'last' });
    expect(log.leftOut).toBe(3_001);
  });

  it('is bounded by a line without an end', () => {
    const log = new LogText();
    for (let round = 0; round < 200; round += 1) {
      log.push('x'.repeat(10_000));
    }
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]?.text.length).toBeLessThan(5_000);
  });
});
