import { ProblemError } from '../../companion/problem-error.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { fakeDataset } from '../../testing/fake-facility.ts';
import { DatasetSearch } from '../dataset-search.ts';

async function settle(): Promise<void> {
  await jest.advanceTimersByTimeAsync(300);
}

describe('DatasetSearch', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('waits for a pause in the typing', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET datasets'] = () => ({ items: [fakeDataset()], cursor: null });
    const search = new DatasetSearch(companion, 10);
    search.type('b');
    search.type('ba');
    search.type('bam ');
    await settle();
    expect(companion.requests.map(({ query }) => query?.['q'])).toEqual(['bam']);
    expect(search.items).toHaveLength(1);
    expect(search.hasAnswer).toBe(true);
  });

  it('gives up a search that is no longer wanted, and drops its answer', async () => {
    const companion = new FakeCompanion();
    let answerFirst: (value: unknown) => void = () => undefined;
    companion.answers['GET datasets'] = ({ query }) =>
      query?.['q'] === 'old'
        ? new Promise(resolve => {
            answerFirst = resolve;
          })
        : { items: [fakeDataset({ title: 'new' })], cursor: null };
    const search = new DatasetSearch(companion, 10);
    search.run('old');
    search.run('new');
    expect(companion.requests[0]?.signal?.aborted).toBe(true);
    await settle();
    answerFirst({ items: [fakeDataset({ title: 'old' })], cursor: null });
    await settle();
    expect(search.items.map(({ title }) => title)).toEqual(['new']);
  });

  it('loads one page more at a time', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET datasets'] = ({ query }) => ({
      items: [fakeDataset({ pid: String(query?.['cursor']) })],
      cursor: query?.['cursor'] === null ? 'two' : null
    });
    const search = new DatasetSearch(companion, 10);
    search.run();
    await settle();
    search.more();
    search.more();
    await settle();
    search.more();
    await settle();
    expect(companion.requests).toHaveLength(2);
    expect(search.items.map(({ pid }) => pid)).toEqual(['null', 'two']);
    expect(search.hasMore).toBe(false);
  });

  it('keeps what was found and says why there is no more', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET datasets'] = () => ({ items: [fakeDataset()], cursor: 'x' });
    const search = new DatasetSearch(companion, 10);
    search.run();
    await settle();
    companion.answers['GET datasets'] = () => {
      throw new ProblemError(fakeProblem({ title: 'The service does not answer' }));
    };
    search.more();
    await settle();
    expect(search.problem?.title).toBe('The service does not answer');
    expect(search.items).toHaveLength(1);
    search.more();
    await settle();
    expect(companion.requests).toHaveLength(2);
  });

  it('asks again where things fit, and for another facility', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET datasets'] = () => ({ items: [], cursor: null });
    const search = new DatasetSearch(companion, 10);
    search.setTarget('~/data');
    search.setTarget('~/data');
    await settle();
    expect(companion.requests.map(({ query }) => query?.['to'])).toEqual(['~/data']);
    companion.emit('facility', { id: 'other' });
    await settle();
    expect(companion.requests).toHaveLength(2);
  });
});
