import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import express from 'express';
import type { Accelerator, AcceleratorList } from '#contract';
import type { GpuCluster } from '../../src/accelerators/adapters/index.ts';
import { createAccelerators } from '../../src/accelerators/routes.ts';
import type { CallContext } from '../../src/core/call-context.ts';
import { makeLog } from '../../src/core/log.ts';
import { problem } from '../../src/core/problem.ts';
import { problemHandler } from '../../src/http/problem-handler.ts';
import type { Parts } from '../../src/parts.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { testCall } from '../support/test-call.ts';

const gpus = (cluster: string, free: number): Accelerator[] => [
  { cluster, partition: 'gpu', type: 'a40', total: 8, free, perNode: 4, isUp: true }
];

/** A cluster whose answers the test gives; `asked` counts. */
function cluster(
  title: string,
  list: (call: CallContext) => Promise<Accelerator[]>,
  accelerators = true
): GpuCluster & { asked: number } {
  const self = {
    title,
    features: { accelerators },
    asked: 0,
    accelerators: (call: CallContext) => {
      self.asked++;
      return list(call);
    }
  };
  return self;
}

function bench(all: () => GpuCluster[]): {
  clock: ManualClock;
  change: () => void;
  ask: () => Promise<{ status: number; body: AcceleratorList & { type?: string } }>;
} {
  const clock = new ManualClock();
  let change: () => void = () => undefined;
  const parts = {
    clock,
    call: () => testCall(),
    facility: {
      onChange: (listener: () => void) => {
        change = listener;
      }
    }
  } as unknown as Parts;
  const app = express();
  app.use(createAccelerators(parts, { all }).router);
  app.use(problemHandler(makeLog('silent')));
  const server = createServer(app).listen(0, '127.0.0.1');
  after(() => server.close());
  return {
    clock,
    change: () => change(),
    ask: async () => {
      if (!server.listening) {
        await once(server, 'listening');
      }
      const { port } = server.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}/accelerators`);
      return { status: answer.status, body: (await answer.json()) as AcceleratorList };
    }
  };
}

describe('GPUs by type', () => {
  it('are asked for once by many, and again when the answer is old or the facility another', async () => {
    let free = 8;
    const one = cluster('One', () => Promise.resolve(gpus('one', free--)));
    const { ask, change, clock } = bench(() => [one]);
    const answers = await Promise.all([ask(), ask(), ask()]);
    assert.deepEqual(
      answers.map(({ body }) => body.items[0]?.free),
      [8, 8, 8]
    );
    clock.advance(14_999);
    assert.equal((await ask()).body.items[0]?.free, 8);
    clock.advance(2);
    assert.equal((await ask()).body.items[0]?.free, 7);
    change();
    assert.equal((await ask()).body.items[0]?.free, 6);
    assert.equal(one.asked, 3);
  });

  it('are asked for again after a failure', async () => {
    let works = false;
    const one = cluster('One', () =>
      works
        ? Promise.resolve(gpus('one', 1))
        : Promise.reject(problem('scheduler-slow', 'Slurm does not answer.'))
    );
    const { ask } = bench(() => [one]);
    const failed = await ask();
    assert.equal(failed.status, 504);
    assert.equal(failed.body.type, '/problems/scheduler-slow');
    works = true;
    assert.equal((await ask()).status, 200);
  });

  it('of one cluster are shown, with a note, when another does not answer', async () => {
    const fine = cluster('Fine', () => Promise.resolve(gpus('fine', 3)));
    const silent = cluster('Silent', () =>
      Promise.reject(problem('scheduler-slow', 'Slurm does not answer.'))
    );
    const { ask } = bench(() => [silent, fine]);
    const { body, status } = await ask();
    assert.equal(status, 200);
    assert.deepEqual(body.items, gpus('fine', 3));
    assert.match(body.note ?? '', /^Silent cannot be asked/);
  });

  it('are none, with the reason, where there are none', async () => {
    const local = cluster('Local', () => Promise.reject(new Error('never asked')), false);
    const none = await bench(() => [local]).ask();
    assert.deepEqual(none.body.items, []);
    assert.match(none.body.note ?? '', /no cluster with GPUs/);
    assert.equal(local.asked, 0);
    const empty = await bench(() => [cluster('Empty', () => Promise.resolve([]))]).ask();
    assert.equal(empty.body.note, 'This cluster has no GPUs.');
  });
});
