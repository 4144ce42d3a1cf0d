import { ok, type Check } from '../doctor/port.ts';
import type { Scheduler } from './port.ts';

/** Whether each cluster answers the person's own commands. */
export function clusterChecks(schedulers: readonly Scheduler[]): Check[] {
  return schedulers.map(scheduler => ({
    id: `jobs.${scheduler.id}`,
    title: scheduler.title,
    run: async call => {
      if (!scheduler.features.partitions) {
        return ok('Jobs run as processes of this machine.');
      }
      const partitions = await scheduler.partitions(call);
      const open = partitions.filter(({ isUp }) => isUp);
      return open.length > 0
        ? ok(`It answers; partitions: ${open.map(({ name }) => name).join(', ')}.`)
        : {
            state: 'warning',
            text: 'It answers, and none of its partitions takes jobs now.',
            cure: 'Ask its administrators.'
          };
    }
  }));
}
