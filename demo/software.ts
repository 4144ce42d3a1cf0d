import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { publishRepository } from '../server/test/fakes/cvmfs/publisher.ts';
import {
  makeRepositoryKeys,
  type RepositoryKeys
} from '../server/test/fakes/cvmfs/repository-keys.ts';
import { serveRepository } from '../server/test/fakes/cvmfs/serve.ts';
import type { TreeItem } from '../server/test/fakes/cvmfs/tree.ts';
import { makeSif } from '../server/test/fakes/sif/writer.ts';

/** The demo's CVMFS repository: published at each start, so that its whitelist is fresh. */
export interface SoftwareRepository {
  readonly fqrn: string;
  readonly root: string;
  readonly masterKeyPem: string;
}

const FQRN = 'software.demo.example.org';

interface DemoImage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly licence: string;
}

const images: readonly DemoImage[] = [
  {
    name: 'powder-tools',
    version: '1.2.0',
    description: 'Azimuthal integration and indexing of powder rings',
    licence: 'BSD-3-Clause'
  },
  {
    name: 'powder-tools',
    version: '1.10.0',
    description: 'Azimuthal integration and indexing of powder rings',
    licence: 'BSD-3-Clause'
  },
  {
    name: 'tomo-tools',
    version: '2026.1',
    description: 'Filtered back-projection on CPU and GPU',
    licence: 'GPL-3.0-or-later'
  }
];

function sifOf({ name, version, description, licence }: DemoImage): Uint8Array {
  return makeSif({
    labels: {
      'org.opencontainers.image.title': name,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.description': description,
      'org.opencontainers.image.licenses': licence
    },
    definition: `Bootstrap: docker\nFrom: debian:12\n\n%post\n    apt-get update && apt-get install -y python3-numpy python3-h5py\n\n%labels\n    org.opencontainers.image.version ${version}\n`,
    help: `${description}.\nThis image of the demo has labels and a definition, but an empty file system: it cannot be run.`
  });
}

function items(): TreeItem[] {
  const base = '/software/packages/linux/x86_64';
  const newest = new Map(images.map(image => [image.name, image.version]));
  return [
    ...images.map(image => ({
      path: `${base}/${image.name}/${image.version}/${image.name}.sif`,
      content: sifOf(image)
    })),
    ...[...newest].map(([name, version]) => ({ path: `${base}/${name}/latest`, link: version }))
  ];
}

/** Makes keys once, and publishes the next revision of the repository. */
export async function publishSoftware(folder: string): Promise<SoftwareRepository> {
  const keyFile = path.join(folder, 'keys.json');
  const root = path.join(folder, 'published');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let keys: RepositoryKeys;
  try {
    keys = JSON.parse(readFileSync(keyFile, 'utf8')) as RepositoryKeys;
  } catch {
    rmSync(root, { recursive: true, force: true });
    keys = makeRepositoryKeys(FQRN, Date.now());
    writeFileSync(keyFile, JSON.stringify(keys), { mode: 0o600 });
  }
  publishRepository({ target: root, fqrn: FQRN, items: items(), keys, nowMs: Date.now() });
  return { fqrn: FQRN, root, masterKeyPem: keys.masterPublic };
}

/** Serves the published folder as a stratum-1 does. */
export async function startSoftware(
  repository: SoftwareRepository,
  port: number
): Promise<{ url: string; close(): Promise<void> }> {
  const server = await serveRepository({ fqrn: repository.fqrn, root: repository.root, port });
  return { url: server.url.origin, close: () => server.close() };
}
