import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { publishRepository } from '../server/test/fakes/cvmfs/publisher.ts';
import { makeRepositoryKeys } from '../server/test/fakes/cvmfs/repository-keys.ts';
import { serveRepository } from '../server/test/fakes/cvmfs/serve.ts';
import { makeSif } from '../server/test/fakes/sif/writer.ts';

const DAY_MS = 86_400_000;
const IMAGE = '/software/packages/linux/x86_64/never-shown/1.0/never-shown.sif';

/** Objects with this letter behind their hash are catalogs. */
function catalogsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('C'))
    .map(name => path.join(folder, name))
    .filter(file => statSync(file).isFile());
}

/** One changed bit in what everybody downloads. */
function tamper(file: string): void {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** A facility of which one repository's whitelist has expired and another one was tampered with. */
export async function startBrokenRepositories(
  folder: string,
  profiles: string
): Promise<{ close(): Promise<void> }> {
  const nowMs = Date.now();
  const repositories = await Promise.all(
    (['expired', 'tampered'] as const).map(async kind => {
      const fqrn = `${kind}.demo.example.org`;
      const target = path.join(folder, kind);
      const keys = makeRepositoryKeys(fqrn, nowMs);
      publishRepository({
        target,
        fqrn,
        keys,
        nowMs,
        items: [{ path: IMAGE, content: makeSif({ labels: {}, definition: '', help: '' }) }],
        ...(kind === 'expired' ? { whitelistExpiresAtMs: nowMs - DAY_MS } : {})
      });
      if (kind === 'tampered') {
        catalogsBelow(target).forEach(tamper);
      }
      const server = await serveRepository({ fqrn, root: target });
      return { server, fqrn, kind, key: keys.masterPublic };
    })
  );
  writeFileSync(
    path.join(profiles, 'broken.yaml'),
    stringify({
      id: 'broken',
      title: 'Facility with broken repositories',
      repositories: repositories.map(({ fqrn, key, kind, server }) => ({
        kind: 'cvmfs-http',
        fqrn,
        title: `Software, ${kind}`,
        servers: [server.url.href.replace(/\/$/, '')],
        keys: [key],
        roots: [{ path: '/software/packages', layout: 'packages' }]
      }))
    })
  );
  return {
    close: async () => {
      await Promise.all(repositories.map(({ server }) => server.close()));
    }
  };
}
