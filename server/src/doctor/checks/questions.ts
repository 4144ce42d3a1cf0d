import type { Parts } from '../../parts.ts';
import type { Check } from '../port.ts';

/** What the active profile does not know: one line a question, with whom to ask. */
export function questions({ facility }: Pick<Parts, 'facility'>): Check[] {
  return (facility.current()?.ask ?? []).map(({ fills, what, who }, index) => ({
    id: `facility.ask.${fills ?? 'other'}.${index + 1}`,
    title: fills === undefined ? 'Not known' : `Not known: ${fills}`,
    run: () =>
      Promise.resolve({
        state: 'warning',
        text: what,
        cure: `Ask: ${who}. Put the answer into a copy of the profile in the folder panosc/profiles of the Jupyter configuration (${facility.placeOf(['ask', index])}).`
      })
  }));
}
