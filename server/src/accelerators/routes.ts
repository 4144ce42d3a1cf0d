import { Router } from 'express';
import type { AcceleratorList } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { isoTime } from '../core/clock.ts';
import type { Domain, Parts } from '../parts.ts';
import { acceleratorSources, type GpuCluster } from './adapters/index.ts';

/** Several tabs and forms ask at once: the cluster is asked at most this often. */
const FRESH_MS = 15_000;

/** The accelerators domain: `GET /v1/accelerators`. */
export function createAccelerators(parts: Parts, clusters: { all(): GpuCluster[] }): Domain {
  let known: { at: number; answer: Promise<AcceleratorList> } | null = null;
  parts.facility.onChange(() => {
    known = null;
  });

  const read = async (call: CallContext): Promise<AcceleratorList> => {
    const capable = clusters.all().filter(({ features }) => features.accelerators);
    if (capable.length === 0) {
      return {
        items: [],
        at: null,
        note: 'This facility profile names no cluster with GPUs. Local processes have none to ask for.'
      };
    }
    const lists = await Promise.all(
      capable.map(cluster => acceleratorSources.scheduler(cluster).list(call))
    );
    const items = lists.flat();
    return {
      items,
      at: isoTime(parts.clock.now()),
      note: items.length === 0 ? 'This cluster has no GPUs.' : null
    };
  };

  const router = Router();
  router.get('/accelerators', async (_request, response) => {
    const now = parts.clock.monotonic();
    if (known === null || now - known.at > FRESH_MS) {
      // One caller that leaves must not end the answer of the others: the process owns the call.
      const answer = read(parts.call());
      answer.catch(() => {
        known = null;
      });
      known = { at: now, answer };
    }
    response.json(await known.answer);
  });
  return { router };
}
