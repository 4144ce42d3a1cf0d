import { ProblemError } from '../../core/problem.ts';
import type { Parts } from '../../parts.ts';
import { notChecked, ok, type Check } from '../port.ts';

/** The facility profile: which one is active, and mistakes of the others. */
export function profile({ facility }: Pick<Parts, 'facility'>): Check {
  return {
    id: 'facility.profile',
    title: 'Facility profile',
    run: () => {
      let title: string;
      try {
        ({ title } = facility.profile());
      } catch (error) {
        if (error instanceof ProblemError && error.slug === 'no-profile') {
          const cure = 'Choose one in the panel, or with: jupyter panosc facility ID';
          return Promise.resolve(notChecked('no facility is chosen yet.', cure));
        }
        // The exact mistake of the active one.
        throw error;
      }
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
