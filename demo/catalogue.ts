import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { startSearchApi, type SearchDataset } from '../server/test/fakes/search-api/server.ts';

const powder = { pid: 'http://purl.org/pan-science/PaNET/PaNET01100', name: 'diffraction' };

/** Files of a data folder as the catalogue lists them: path from the data root, size in bytes. */
function filesOf(root: string, folder: string): SearchDataset['files'] {
  return readdirSync(path.join(root, folder))
    .filter(name => name.endsWith('.h5'))
    .sort()
    .map((name, index) => ({
      id: `${folder}-${index}`,
      name,
      path: `/data/${folder}/${name}`,
      size: statSync(path.join(root, folder, name)).size
    }));
}

function datasetOf(
  root: string,
  folder: string,
  facts: Omit<SearchDataset, 'files' | 'techniques'>
): SearchDataset {
  const files = filesOf(root, folder);
  return {
    ...facts,
    techniques: [powder],
    size: files.reduce((sum, file) => sum + (file.size ?? 0), 0),
    files
  };
}

export const SILICON_PID = '10.5072/demo/hc-5432';
export const CERIA_PID = '10.5072/demo/ceo2';

/**
 * The demo's catalogue: two datasets that can be pulled, and one that fits nowhere. 10.5072 is DataCite's test prefix.
 * The restricted one is listed for everybody, as with a DOI of data under embargo: only its files want a sign-in.
 */
export async function startCatalogue(
  root: string,
  port: number
): ReturnType<typeof startSearchApi> {
  return startSearchApi(
    [
      datasetOf(root, 'proposals/hc-5432', {
        pid: SILICON_PID,
        title: 'Silicon powder, 30 keV, three scans (restricted: needs sign-in; has checksums)',
        isPublic: false,
        isListed: true,
        creationDate: '2026-03-02T09:30:00.000Z',
        documentId: '10.5072/demo'
      }),
      datasetOf(root, 'open/ceo2', {
        pid: CERIA_PID,
        title: 'Ceria powder, calibration (open data, no checksums)',
        isPublic: true,
        creationDate: '2026-02-11T14:05:00.000Z',
        documentId: '10.5072/demo'
      }),
      {
        pid: '10.5072/demo/too-large',
        title: 'Ptychography of a silicon chip, 40 PB (to see what happens when it does not fit)',
        isPublic: true,
        creationDate: '2026-01-20T08:00:00.000Z',
        size: 40e15,
        techniques: [{ pid: 'http://purl.org/pan-science/PaNET/PaNET01124', name: 'ptychography' }],
        files: [{ id: 'large-0', name: 'chip.h5', path: '/data/open/chip.h5', size: 40e15 }]
      }
    ],
    port
  );
}
