import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PanoscSearch } from '../../src/datasets/adapters/panosc-search.ts';
import { CatalogueProfile } from '../../src/facility/profile.ts';
import { catalogueConformance } from '../conformance/catalogue.ts';
import { startSearchApi, type SearchDataset } from '../fakes/search-api/server.ts';
import { testCall } from '../support/test-call.ts';

const datasets: SearchDataset[] = Array.from({ length: 5 }, (_, index) => ({
  pid: `20.500.12345/steel-${index}`,
  title: `Steel, load series ${index}`,
  isPublic: true,
  creationDate: '2025-03-01T10:00:00.000Z',
  ...(index === 4 ? {} : { size: 1000 * index }),
  techniques: [{ pid: 'http://purl.org/pan-science/PaNET/PaNET01217', name: 'powder diffraction' }],
  files: Array.from({ length: index }, (_unused, file) => ({
    id: String(file),
    name: `scan ${file}.h5`,
    path: `/data/ma0042/scan ${file}.h5`,
    size: 10
  }))
}));

function open(api: string, change: Partial<CatalogueProfile> = {}): PanoscSearch {
  return new PanoscSearch(
    CatalogueProfile.parse({
      id: 'test',
      title: 'Test catalogue',
      kind: 'panosc-search',
      api,
      file_url: 'http://127.0.0.1:1/files/{path}',
      strip_prefix: '/data/',
      ...change
    }),
    fetch
  );
}

const server = await startSearchApi(datasets);
after(() => server.close());

catalogueConformance('panosc-search', {
  open: () => Promise.resolve(open(server.api)),
  pidWithFiles: '20.500.12345/steel-3'
});

describe('panosc-search', () => {
  before(() => server.fault('none'));

  it('builds URLs by the rule of the profile', async () => {
    const page = await open(server.api).files('20.500.12345/steel-1', undefined, 10, testCall());
    assert.equal(page.items[0]?.url, 'http://127.0.0.1:1/files/ma0042/scan%200.h5');
    assert.equal(page.items[0]?.relativePath, 'ma0042/scan 0.h5');
  });

  it('says unknown where the catalogue gives no size', async () => {
    const item = await open(server.api).get('20.500.12345/steel-4', testCall());
    assert.equal(item.sizeBytes, null);
    assert.equal(item.fileCount, 4);
    assert.equal(item.techniques[0]?.name, 'powder diffraction');
  });

  const faults = [
    ['status-500', 'upstream-error'],
    ['html', 'upstream-garbled'],
    ['wrong-shape', 'upstream-garbled'],
    ['huge', 'upstream-garbled'],
    ['cut', 'upstream-unreachable']
  ] as const;
  for (const [fault, slug] of faults) {
    it(`turns "${fault}" into one clear sentence`, async () => {
      server.fault(fault);
      await assert.rejects(
        open(server.api).search('', undefined, 5, testCall()),
        (error: { slug?: string; message: string }) => {
          assert.equal(error.slug, slug);
          assert.doesNotMatch(error.message, /<|undefined|at \//);
          return true;
        }
      );
      server.fault('none');
    });
  }

  it('says that a dripping catalogue is too slow, and one that is not there cannot be reached', async t => {
    server.fault('drip');
    t.mock.method(AbortSignal, 'timeout', () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      return controller.signal;
    });
    await assert.rejects(open(server.api).search('', undefined, 5, testCall()), {
      slug: 'upstream-slow',
      message: '"Test catalogue" did not answer within 15 s.'
    });
    t.mock.restoreAll();
    server.fault('none');
    await assert.rejects(open('http://127.0.0.1:9/api').search('', undefined, 5, testCall()), {
      slug: 'upstream-unreachable',
      message: '"Test catalogue" cannot be reached. Check the network, then try again.'
    });
  });

  it('refuses file paths that leave their folder', async () => {
    const bad = await startSearchApi([
      {
        ...(datasets[0] as SearchDataset),
        files: [{ id: '1', name: 'x', path: '/data/../../etc/passwd' }]
      }
    ]);
    await assert.rejects(open(bad.api).files('20.500.12345/steel-0', undefined, 5, testCall()), {
      slug: 'bad-file-name'
    });
    await bad.close();
  });
});
