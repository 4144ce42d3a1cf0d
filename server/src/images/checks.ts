import { ok, type Check } from '../doctor/port.ts';
import type { ImageSource } from './port.ts';

/** Whether each repository answers and its signatures hold. */
export function repositoryChecks(sources: readonly ImageSource[]): Check[] {
  return sources.map((source, index) => ({
    id: `images.${source.repository}`,
    title: source.title,
    fieldOf: slug => [
      'repositories',
      index,
      slug === 'repository-not-trusted' ? 'keys' : 'servers'
    ],
    run: async call => {
      const { state } = await source.list('', undefined, 0, call);
      const found = `${source.repository} is verified at revision ${state.revision}.`;
      return state.warnings.length === 0
        ? ok(found)
        : { state: 'warning', text: `${found} ${state.warnings.join(' ')}` };
    }
  }));
}
