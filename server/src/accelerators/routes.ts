import { Router } from 'express';
import type { AcceleratorList } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { isoTime } from '../core/clock.ts';
import type { Domain, Parts } from '../parts.ts';
import { acceleratorSources, type GpuCluster } from './adapters/index.ts';

/** Several tabs and forms ask at once: the cluster is asked at most this often. */
const FRESH_MS = 15_000;

function noteOf(count: number, silent: readonly string[]): string | null {
  if (silent.length > 0) {
    return `${silent.join(', ')} cannot be asked at the moment, so its GPUs are not in this list.`;
  }
  return count === 0 ? 'This cluster has no GPUs.' : null;
}

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
    const looks = await Promise.allSettled(
      capable.map(cluster => acceleratorSources.scheduler(cluster).list(call))
    );
    const silent = looks.filter(look => look.status === 'rejected');
    if (silent.length === looks.length) {
      throw silent[0]?.reason;
    }
    const items = looks.flatMap(look => (look.status === 'fulfilled' ? look.value : []));
    return {
      items,
      at: isoTime(parts.clock.now()),
      note: noteOf(
        items.length,
        capable.filter((_, index) => looks[index]?.status === 'rejected').map(({ title }) => title)
      )
    };
  };

  const router = Router();
  router.get('/accelerators', async (_request, response) => {
    const now = parts.clock.monotonic();
    if (known === null || now - known.at > FRESH_MS) {
      // One caller that leaves must not end the answer of the others: the process owns the call.
      const look = { at: now, answer: read(parts.call()) };
      look.answer.catch(() => {
        // A newer one, of another facility perhaps, stays.
        known = known === look ? null : known;
      });
      known = look;
    }
    response.json(await known.answer);
  });
  return { router };
}
