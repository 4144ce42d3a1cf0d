import type { Parts } from '../../parts.ts';
import { ok, type Check } from '../port.ts';

/** The facility profile: which one is active, and mistakes of the others. */
export function profile({ facility }: Pick<Parts, 'facility'>): Check {
  return {
    id: 'facility.profile',
    title: 'Facility profile',
    run: () => {
      // Throws the exact mistake of the active one.
      const { title } = facility.profile();
      const broken = facility.mistakes();
      return Promise.resolve(
        broken.length === 0
          ? ok(`${title} is chosen.`)
          : {
              state: 'warning',
              text: `${title} is chosen. Other profiles cannot be used: ${broken.map(({ file, mistake }) => `${file}: ${mistake}`).join(' ')}`,
              cure: 'Tell whoever wrote them.'
            }
      );
    }
  };
}
