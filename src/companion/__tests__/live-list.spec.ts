import type { Transfer } from '../../contract/transfers.ts';
import { FakeCompanion, fakeProblem } from '../../testing/fake-companion.ts';
import { fakeTransfer } from '../../testing/fake-transfer.ts';
import { LiveList } from '../live-list.ts';
import { ProblemError } from '../problem-error.ts';
import { Resource } from '../resource.ts';

function setUp(items: readonly Transfer[], cursor: string | null = null) {
  const companion = new FakeCompanion();
  companion.answers['GET transfers'] = () => ({ items, cursor });
  return { companion, list: new LiveList(companion, 'transfers', 'transfer') };
}

const at = (second: number): string => new Date(1_700_000_000_000 + second * 1000).toISOString();

describe('LiveList', () => {
  it('opens the stream, loads once, newest first', async () => {
    const { companion, list } = setUp([
      fakeTransfer({ id: 't_1', createdAt: at(1) }),
      fakeTransfer({ id: 't_2', createdAt: at(2) })
    ]);
    await list.load();
    await list.load();
    expect(companion.events.state).toBe('open');
    expect(companion.requests).toHaveLength(1);
    expect(list.items.map(({ id }) => id)).toEqual(['t_2', 't_1']);
  });

  it('takes events and never goes back', async () => {
    const { companion, list } = setUp([fakeTransfer({ id: 't_1', updatedAt: at(1), bytes: 10 })]);
    await list.load();
    companion.emit('transfer', fakeTransfer({ id: 't_1', updatedAt: at(3), bytes: 30 }));
    companion.emit('transfer', fakeTransfer({ id: 't_1', updatedAt: at(2), bytes: 20 }));
    expect(list.get('t_1')?.bytes).toBe(30);
    companion.emit('transfer-removed', { id: 't_1' });
    expect(list.items).toEqual([]);
  });

  it('keeps what an event brought while the page was on its way', async () => {
    const { companion, list } = setUp([]);
    companion.answers['GET transfers'] = () => {
      companion.emit('transfer', fakeTransfer({ id: 't_9', updatedAt: at(9) }));
      return { items: [fakeTransfer({ id: 't_9', updatedAt: at(1) })], cursor: null };
    };
    await list.load();
    expect(list.get('t_9')?.updatedAt).toBe(at(9));
  });

  it('forgets on reset what is gone, and keeps the rows when the load fails', async () => {
    const { companion, list } = setUp([fakeTransfer({ id: 't_1' })]);
    await list.load();
    companion.answers['GET transfers'] = () => {
      throw new ProblemError(fakeProblem({ title: 'no' }));
    };
    companion.emit('reset', {});
    await list.refresh();
    expect(list.problem?.title).toBe('no');
    expect(list.items).toHaveLength(1);
    companion.answers['GET transfers'] = () => ({ items: [], cursor: null });
    await list.refresh();
    expect(list.problem).toBeNull();
    expect(list.items).toEqual([]);
  });

  it('loads once more after a reset that came during a load, the first one too', async () => {
    const { companion, list } = setUp([]);
    const answers: ((items: readonly Transfer[]) => void)[] = [];
    companion.answers['GET transfers'] = () =>
      new Promise(resolve => {
        answers.push(items => resolve({ items, cursor: null }));
      });
    for (const loads of [2, 4]) {
      const loading = loads === 2 ? list.load() : list.refresh();
      companion.emit('reset', {});
      expect(companion.requests).toHaveLength(loads - 1);
      answers.at(-1)?.([fakeTransfer({ id: 'old' })]);
      await new Promise(resolve => setTimeout(resolve));
      expect(companion.requests).toHaveLength(loads);
      answers.at(-1)?.([fakeTransfer({ id: 'new' })]);
      await loading;
      expect(list.items.map(({ id }) => id)).toEqual(['new']);
      expect(list.isLoading).toBe(false);
    }
  });

  it('loads older rows from the cursor', async () => {
    const { companion, list } = setUp([fakeTransfer({ id: 't_2' })], 'next');
    await list.load();
    expect(list.hasMore).toBe(true);
    companion.answers['GET transfers'] = ({ query }) => {
      expect(query?.['cursor']).toBe('next');
      return { items: [fakeTransfer({ id: 't_1' })], cursor: null };
    };
    await list.more();
    expect(list.items).toHaveLength(2);
    expect(list.hasMore).toBe(false);
  });
});

describe('Resource', () => {
  it('loads once, again after an event, and keeps the value when that fails', async () => {
    const companion = new FakeCompanion();
    let count = 0;
    companion.answers['GET facility'] = () => (count += 1);
    const resource = new Resource<number>(companion, 'facility', ['facility']);
    companion.emit('facility', { id: null });
    expect(companion.requests).toHaveLength(0);
    await resource.load();
    await resource.load();
    expect(resource.value).toBe(1);
    companion.emit('facility', { id: 'x' });
    await resource.refresh();
    expect(resource.value).toBeGreaterThan(1);
    companion.answers['GET facility'] = () => {
      throw new ProblemError(fakeProblem({ title: 'down' }));
    };
    const before = resource.value;
    await resource.refresh();
    expect(resource.problem?.title).toBe('down');
    expect(resource.value).toBe(before);
  });

  it('asks again when a change came while it was asking', async () => {
    const companion = new FakeCompanion();
    let count = 0;
    companion.answers['GET signin'] = async () => {
      count += 1;
      await Promise.resolve();
      return count;
    };
    const resource = new Resource<number>(companion, 'signin');
    const first = resource.refresh();
    void resource.refresh();
    await first;
    expect(resource.value).toBe(2);
  });
});
