import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../src/core/clock.ts';
import { makeLog } from '../../src/core/log.ts';
import { Reconciler } from '../../src/core/reconciler.ts';
import { until } from '../support/until.ts';

/** A clock on which nothing passes until the test says so. */
class HandClock implements Clock {
  readonly sleeps: { ms: number; wake: () => void }[] = [];
  now(): number {
    return 0;
  }
  monotonic(): number {
    return 0;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.sleeps.push({ ms, wake: resolve });
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }
}

function make(reconcile: (id: string) => Promise<number | null>, ids: string[] = []) {
  const clock = new HandClock();
  const reconciler = new Reconciler(
    { kind: 'test', unfinishedIds: () => ids, reconcile },
    clock,
    makeLog('silent')
  );
  return { clock, reconciler };
}

describe('reconciler', () => {
  it('takes up what is unfinished, and looks again when the domain asked for it', async () => {
    const looks: string[] = [];
    const { clock, reconciler } = make(
      id => {
        looks.push(id);
        return Promise.resolve(looks.length === 1 ? 5000 : null);
      },
      ['a']
    );
    reconciler.start();
    await until('a sleep', () => clock.sleeps.length === 1);
    assert.equal(clock.sleeps[0]?.ms, 5000);
    clock.sleeps[0]?.wake();
    await until('two looks', () => looks.length === 2);
    await reconciler.stop();
    assert.equal(clock.sleeps.length, 1);
  });

  it('never looks at one operation twice at a time, and loses no wake', async () => {
    let running = 0;
    let most = 0;
    let looks = 0;
    let release: () => void = () => undefined;
    const { reconciler } = make(async () => {
      running++;
      looks++;
      most = Math.max(most, running);
      if (looks === 1) {
        await new Promise<void>(resolve => {
          release = resolve;
        });
      }
      running--;
      return null;
    });
    reconciler.wake('a');
    reconciler.wake('a');
    reconciler.wake('a');
    release();
    await until('the second look', () => looks === 2);
    await reconciler.stop();
    assert.equal(most, 1);
    assert.equal(looks, 2);
  });

  it('backs off after errors, doubling up to a minute', async () => {
    const { clock, reconciler } = make(() => Promise.reject(new Error('upstream is down')));
    reconciler.wake('a');
    const expected = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    for (const [index, ms] of expected.entries()) {
      await until(`sleep ${index}`, () => clock.sleeps.length === index + 1);
      assert.equal(clock.sleeps[index]?.ms, ms);
      clock.sleeps[index]?.wake();
    }
    await reconciler.stop();
  });

  it('looks no more after stop', async () => {
    let looks = 0;
    const { reconciler } = make(() => {
      looks++;
      return Promise.resolve(null);
    });
    await reconciler.stop();
    reconciler.wake('a');
    assert.equal(looks, 0);
  });
});
