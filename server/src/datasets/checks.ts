import { ok, type Check } from '../doctor/port.ts';
import type { Catalogue } from './port.ts';

/** Whether each catalogue answers a search with datasets. */
export function catalogueChecks(catalogues: readonly Catalogue[]): Check[] {
  return catalogues.map((catalogue, index) => ({
    id: `datasets.${catalogue.id}`,
    title: catalogue.title,
    fieldOf: () => ['catalogues', index, 'api'],
    run: async call => {
      const { items } = await catalogue.search('', undefined, 1, call);
      return items.length > 0
        ? ok('It answers, and lists datasets.')
        : {
            state: 'warning',
            text: 'It answers, and lists no dataset.',
            cure: 'Tell its operators: the catalogue seems to be empty.'
          };
    }
  }));
}
