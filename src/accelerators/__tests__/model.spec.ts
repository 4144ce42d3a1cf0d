import { FakeCompanion } from '../../testing/fake-companion.ts';
import type { Accelerator } from '../../contract/accelerators.ts';
import { AcceleratorsModel } from '../model.ts';

function gpu(given: Partial<Accelerator>): Accelerator {
  return {
    cluster: 'hpc',
    partition: 'gpu',
    type: 'a40',
    total: 8,
    free: 3,
    perNode: 4,
    isUp: true,
    ...given
  };
}

async function modelWith(items: Accelerator[]): Promise<AcceleratorsModel> {
  const companion = new FakeCompanion();
  companion.answers['GET accelerators'] = () => ({ items, at: null, note: null });
  const model = new AcceleratorsModel(companion);
  await model.load();
  return model;
}

describe('GPU choices', () => {
  it('offers what one partition has', async () => {
    const model = await modelWith([
      gpu({}),
      gpu({ partition: 'other', type: 'h100', free: 2, total: 2 })
    ]);
    expect(model.choices('hpc', 'gpu')).toEqual([{ type: 'a40', total: 8, free: 3, perNode: 4 }]);
  });

  it('does not count a GPU twice that two partitions share', async () => {
    const model = await modelWith([gpu({}), gpu({ partition: 'debug', total: 4, free: 1 })]);
    expect(model.choices('hpc', undefined)).toEqual([
      { type: 'a40', total: 8, free: 3, perNode: 4 }
    ]);
  });

  it('leaves out partitions that are down and other clusters', async () => {
    const model = await modelWith([gpu({ isUp: false }), gpu({ cluster: 'far' })]);
    expect(model.choices('hpc', undefined)).toEqual([]);
  });

  it('keeps "not known" apart from 0 and puts it last', async () => {
    const model = await modelWith([
      gpu({ type: 'v100', free: null }),
      gpu({ type: 'a40', free: 0 })
    ]);
    expect(model.choices(undefined, undefined).map(choice => [choice.type, choice.free])).toEqual([
      ['a40', 0],
      ['v100', null]
    ]);
  });

  it('asks again when another facility is chosen', async () => {
    const companion = new FakeCompanion();
    companion.answers['GET accelerators'] = () => ({ items: [], at: null, note: null });
    const model = new AcceleratorsModel(companion);
    await model.load();
    companion.emit('facility', { id: 'other' });
    expect(companion.requests).toHaveLength(2);
  });
});
