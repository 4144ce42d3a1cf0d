import type { TestContext } from 'node:test';
import pino from 'pino';
import type { CallContext } from '../../src/core/call-context.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { RepositoryProfile } from '../../src/facility/profile.ts';
import { imageSources } from '../../src/images/adapters/index.ts';
import type { ImageSource } from '../../src/images/port.ts';
import type { RepositoryServer } from '../fakes/cvmfs/serve.ts';
import type { TreeItem } from '../fakes/cvmfs/tree.ts';
import { makeSif } from '../fakes/sif/writer.ts';
import { testCall } from '../support/test-call.ts';
import { fqrn, scratch, testClock, testKeys } from './cvmfs-setup.ts';

const labels = (title: string): Record<string, string> => ({
  'org.opencontainers.image.title': title,
  'org.opencontainers.image.licenses': 'BSD-3-Clause'
});

/** A sandbox folder with its own catalog. */
const sandbox = (path: string): TreeItem[] => [
  { path: `${path}/.cvmfscatalog`, content: '' },
  { path: `${path}/.singularity.d/labels.json`, content: JSON.stringify(labels('sandbox')) },
  { path: `${path}/.singularity.d/Singularity`, content: 'Bootstrap: docker\nFrom: scratch\n' },
  { path: `${path}/.singularity.d/runscript.help`, content: 'Ask for help.' },
  { path: `${path}/bin/sh`, content: '#!' }
];

const conda = (path: string): TreeItem[] => [
  { path: `${path}/conda-meta/history`, content: '' },
  { path: `${path}/bin/python`, content: '#!' },
  ...Array.from({ length: 20 }, (_, n) => ({ path: `${path}/bin/tool-${n}`, content: '' }))
];

/** One image or more in every layout, and the things that lie beside them. */
export const siteItems: readonly TreeItem[] = [
  ...['2.9.0', '2.10.0', '2.10.0-rc1'].map(version => ({
    path: `/software/packages/linux/x86_64/bragg/${version}/bragg.sif`,
    content: makeSif({ labels: labels('bragg'), definition: 'Bootstrap: scratch\n' })
  })),
  { path: '/software/packages/linux/x86_64/bragg/latest', link: '2.10.0' },
  { path: '/software/packages/linux/x86_64/bragg/broken', link: 'nowhere' },
  { path: '/software/modules/linux/x86_64/bragg/2.9.0', content: 'module' },
  { path: '/software/modules/linux/x86_64/bragg/default', link: '2.9.0' },
  ...conda('/software/packages/linux/x86_64/scipy/1.0'),
  // An image between so many files that it is not on the first page.
  ...Array.from({ length: 310 }, (_, n) => ({
    path: `/software/packages/linux/x86_64/zoo/1.0/file-${n}`,
    content: ''
  })),
  { path: '/software/packages/linux/x86_64/zoo/1.0/zoo.sif', content: makeSif() },
  { path: '/images/ptycho_1.2.sif', content: makeSif({ payload: Buffer.alloc(300_000, 7) }) },
  { path: '/images/README.md', content: 'x'.repeat(40_000) },
  { path: '/images/error-page.sif', content: '<html>404</html>' },
  { path: '/images/empty.simg' },
  { path: '/images/out.sif', link: '/etc/passwd' },
  { path: '/images/newest.sif', link: 'ptycho_1.2.sif' },
  { path: '/images/loop.sif', link: 'loop.sif' },
  { path: Buffer.from('/images/latin-\xe9.sif', 'latin1'), content: makeSif() },
  { path: '/images/plain.sqfs', content: `hsqs${'\0'.repeat(4092)}` },
  { path: '/private/secret.sif', content: makeSif() },
  { path: '/images/deeper/link', link: '/cvmfs/images.example.org/private/secret.sif' },
  ...sandbox('/.flat/70/7095'),
  { path: '/registry.example.org/panosc/ewoks:2.1', link: '../../.flat/70/7095' },
  { path: '/registry.example.org/panosc/ewoks:latest', link: '../../.flat/70/7095' },
  ...sandbox('/containers/xrdfit_1.2.0_20260301/xrdfit_1.2.0_20260301.simg'),
  { path: '/containers/xrdfit_1.2.0_20260301/README', content: 'words' }
];

export const siteRoots: RepositoryProfile['roots'] = [
  { path: '/software/packages', layout: 'packages' },
  { path: '/images/', layout: 'flat' },
  { path: '/registry.example.org', layout: 'unpacked' },
  { path: '/containers', layout: 'dated' }
];

/** The call of a person who waits. */
export function imagesCall(signal?: AbortSignal): CallContext {
  return testCall(signal);
}

/** What a test may choose about a source. */
interface SourceOptions {
  readonly cacheDir?: string;
  readonly clock?: Clock;
  readonly roots?: RepositoryProfile['roots'];
  readonly key?: string;
  readonly name?: string;
}

/** The adapter over a served repository. */
export function imageSource(
  t: TestContext,
  servers: readonly Pick<RepositoryServer, 'url'>[],
  options: SourceOptions = {}
): ImageSource {
  const profile: RepositoryProfile = {
    kind: 'cvmfs-http',
    fqrn: options.name ?? fqrn,
    title: 'Test images',
    servers: servers.map(({ url }) => url.href),
    keys: [options.key ?? testKeys().masterPublic],
    roots: options.roots ?? siteRoots
  };
  const source = imageSources[profile.kind](profile, {
    cacheDir: options.cacheDir ?? scratch(t),
    fetch,
    clock: options.clock ?? testClock(),
    log: pino({ level: 'silent' }),
    resolveFile: name => name
  });
  t.after(() => {
    source.close();
  });
  return source;
}
