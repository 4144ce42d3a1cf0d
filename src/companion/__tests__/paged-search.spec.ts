import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { PagedSearch } from '../paged-search.ts';
import { ProblemError } from '../problem-error.ts';

interface IRow {
  readonly id: string;
}

function setUp(): {
  companion: FakeCompanion;
  search: PagedSearch<{ q?: string; to?: string }, IRow, { note: string }>;
  ids: () => string[];
  asked: (name: string) => unknown[];
} {
  const companion = new FakeCompanion();
  companion.answers['GET rows'] = ({ query }) => ({
    items: [{ id: `${query?.['q']}-${query?.['cursor'] ?? 'one'}` }],
    cursor: query?.['cursor'] === null ? 'two' : null,
    note: 'all is well'
  });
  const search = new PagedSearch<{ q?: string; to?: string }, IRow, { note: string }>(companion, {
    path: 'rows',
    query: { q: '' },
    pageRows: 10
  });
  return {
    companion,
    search,
    ids: () => search.items.map(({ id }) => id),
    asked: name => companion.requests.map(({ query }) => query?.[name])
  };
}

const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(300);

const fail = (): never => {
  throw new ProblemError(fakeProblem({ title: 'The service does not answer' }));
};

describe('PagedSearch', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('waits for a pause in the typing', async () => {
    const { search, asked } = setUp();
    search.type('b');
    search.type('ba');
    search.type('bam ');
    expect(search.isLoading).toBe(true);
    expect(search.isLoaded).toBe(false);
    await settle();
    expect(asked('q')).toEqual(['bam']);
    expect(asked('limit')).toEqual([10]);
    expect(search.text).toBe('bam ');
    expect(search.isLoading).toBe(false);
    expect(search.isLoaded).toBe(true);
  });

  it('knows when its rows answer an older question, and drops them when nobody waits any longer', async () => {
    const { companion, search, ids } = setUp();
    search.run();
    await settle();
    expect(search.isOutdated).toBe(false);
    companion.answers['GET rows'] = () => new Promise(() => undefined);
    search.more();
    expect(search.isOutdated).toBe(false);
    search.stop();
    expect(ids()).toHaveLength(1);
    search.type('new');
    expect(search.isOutdated).toBe(true);
    await settle();
    expect(search.isOutdated).toBe(true);
    search.stop();
    expect(ids()).toEqual([]);
    expect(search.isStopped).toBe(true);
  });

  it('gives up a search that is no longer wanted, and drops its answer', async () => {
    const { companion, search, ids } = setUp();
    const answer = companion.answers['GET rows'];
    let answerFirst: (value: unknown) => void = () => undefined;
    companion.answers['GET rows'] = request =>
      request.query?.['q'] === 'old'
        ? new Promise(resolve => {
            answerFirst = resolve;
          })
        : answer?.(request);
    search.run({ q: 'old' });
    search.run({ q: 'new' });
    expect(companion.requests[0]?.signal?.aborted).toBe(true);
    await settle();
    answerFirst({ items: [{ id: 'old' }], cursor: null });
    await settle();
    expect(ids()).toEqual(['new-one']);
  });

  it('loads one page more at a time', async () => {
    const { search, ids, asked } = setUp();
    search.run({ q: 'x' });
    await settle();
    expect(search.hasMore).toBe(true);
    search.more();
    search.more();
    await settle();
    search.more();
    await settle();
    expect(asked('cursor')).toEqual([null, 'two']);
    expect(ids()).toEqual(['x-one', 'x-two']);
    expect(search.hasMore).toBe(false);
  });

  it('never puts a page of an older question below the rows of another', async () => {
    const { search, ids, asked } = setUp();
    search.run({ q: 'x' });
    await settle();
    search.type('y');
    search.more();
    await settle();
    expect(asked('q')).toEqual(['x', 'y']);
    expect(ids()).toEqual(['y-one']);
  });

  it('keeps what was found when the next page does not come, and asks for that page again', async () => {
    const { companion, search, ids, asked } = setUp();
    const answer = companion.answers['GET rows'];
    search.run({ q: 'x' });
    await settle();
    companion.answers['GET rows'] = fail;
    search.more();
    await settle();
    expect(search.problem?.title).toBe('The service does not answer');
    expect(ids()).toEqual(['x-one']);
    search.more();
    await settle();
    expect(companion.requests).toHaveLength(2);
    if (answer !== undefined) {
      companion.answers['GET rows'] = answer;
    }
    search.retry();
    await settle();
    expect(asked('cursor')).toEqual([null, 'two', 'two']);
    expect(ids()).toEqual(['x-one', 'x-two']);
    expect(search.problem).toBeNull();
    search.retry();
    await settle();
    expect(ids()).toEqual(['x-one']);
  });

  it('asks for the first page, never for one of an older question, when it is retried while one types', async () => {
    const { companion, search, ids, asked } = setUp();
    const answer = companion.answers['GET rows'] ?? fail;
    for (const isStopped of [false, true]) {
      search.run({ q: 'x' });
      await settle();
      companion.answers['GET rows'] = fail;
      search.more();
      await settle();
      companion.answers['GET rows'] = answer;
      search.type('y');
      if (isStopped) {
        search.stop();
      }
      search.retry();
      await settle();
      expect([asked('q').at(-1), asked('cursor').at(-1)]).toEqual(['y', null]);
      expect(ids()).toEqual(['y-one']);
    }
  });

  it('shows no rows of an older question beside a problem', async () => {
    const { companion, search, ids } = setUp();
    search.run({ q: 'x' });
    await settle();
    companion.answers['GET rows'] = fail;
    search.run({ q: 'y' });
    await settle();
    expect(search.problem).not.toBeNull();
    expect(ids()).toEqual([]);
    expect(search.hasMore).toBe(false);
    expect(search.isLoaded).toBe(false);
  });

  it('hands over what else an answer holds', async () => {
    const { search } = setUp();
    expect(search.lastPage).toBeNull();
    search.run();
    await settle();
    expect(search.lastPage?.note).toBe('all is well');
  });

  it('asks for what was changed and keeps the rest of the question', async () => {
    const { search, asked } = setUp();
    search.run({ q: 'x' });
    search.run({ to: '~/data' });
    search.type('y');
    await settle();
    expect(asked('q')).toEqual(['x', 'x', 'y']);
    expect(asked('to')).toEqual([undefined, '~/data', '~/data']);
  });

  it('says that waiting was given up, until it is asked again', async () => {
    const { companion, search } = setUp();
    search.run();
    search.stop();
    expect(companion.requests[0]?.signal?.aborted).toBe(true);
    await settle();
    expect([search.isStopped, search.isLoading, search.isLoaded]).toEqual([true, false, false]);
    search.type('x');
    search.stop();
    await settle();
    expect(companion.requests).toHaveLength(1);
    search.run();
    expect(search.isStopped).toBe(false);
  });

  it('asks another facility the same, once it was asked at all', async () => {
    const { companion, search } = setUp();
    companion.emit('facility', { id: 'first' });
    await settle();
    expect(companion.requests).toHaveLength(0);
    search.run();
    await settle();
    companion.emit('facility', { id: 'other' });
    await settle();
    expect(companion.requests).toHaveLength(2);
    search.dispose();
    companion.emit('facility', { id: 'third' });
    await settle();
    expect(companion.requests).toHaveLength(2);
  });
});
