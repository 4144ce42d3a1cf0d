import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { startCatalogue } from './catalogue.ts';
import { startSignInService } from './sign-in-service.ts';
import { publishSoftware, startSoftware } from './software.ts';
import { startWebdavStore } from './webdav-store.ts';

/** Where the demo facility is and what it put on disk. */
export interface DemoFacility {
  readonly profileFile: string;
  /** Folder that JupyterLab opens and that pulls write into. */
  readonly workDir: string;
  close(): Promise<void>;
}

interface Ports {
  signIn: number;
  catalogue: number;
  store: number;
  software: number;
}

const here = import.meta.dirname;
const portsWhenNew: Ports = { signIn: 0, catalogue: 0, store: 0, software: 0 };
/** Raised when the generated data changes, so that an old folder is made anew. */
const DATA_VERSION = '1';

async function makeData(python: string, root: string): Promise<void> {
  const stamp = path.join(root, `version-${DATA_VERSION}`);
  if (existsSync(stamp)) {
    return;
  }
  const fresh = `${root}.new`;
  rmSync(fresh, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  await promisify(execFile)(python, [path.join(here, 'data', 'make_datasets.py'), fresh]);
  writeFileSync(path.join(fresh, path.basename(stamp)), '');
  renameSync(fresh, root);
}

/** Ports stay the same from start to start, so that an unfinished pull finds its store again. */
function readPorts(file: string): Ports {
  try {
    return { ...portsWhenNew, ...(JSON.parse(readFileSync(file, 'utf8')) as Ports) };
  } catch {
    return portsWhenNew;
  }
}

async function onPort<T>(wanted: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(wanted);
  } catch (error) {
    if (wanted !== 0 && error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      return start(0);
    }
    throw error;
  }
}

const portOf = (address: string): number => Number(new URL(address).port);

/**
 * Starts the small facility on loopback: sign-in service, catalogue, WebDAV store and a signed CVMFS
 * repository, and writes the profile that points at them. Everything lies below `stateDir`, but for the data where
 * `dataRoot` says so.
 */
export async function startFacility(options: {
  readonly stateDir: string;
  /** Where the data of the store lie; default: with the rest. */
  readonly dataRoot?: string;
  readonly python: string;
  /** Bytes a second that the store sends; 0 is as fast as it can. */
  readonly bytesPerSecond: number;
  /** Cluster entry of the profile; default: local processes. */
  readonly cluster?: object;
}): Promise<DemoFacility> {
  const { stateDir } = options;
  const dataRoot = options.dataRoot ?? path.join(stateDir, 'store');
  const workDir = path.join(stateDir, 'work');
  mkdirSync(workDir, { recursive: true });
  await makeData(options.python, dataRoot);
  const repository = await publishSoftware(path.join(stateDir, 'software'));

  const portsFile = path.join(stateDir, 'ports.json');
  const ports = readPorts(portsFile);
  const signIn = await onPort(ports.signIn, startSignInService);
  const catalogue = await onPort(ports.catalogue, port => startCatalogue(dataRoot, port));
  const store = await onPort(ports.store, port =>
    startWebdavStore({
      root: dataRoot,
      port,
      restricted: ['proposals'],
      isTokenValid: signIn.isTokenValid,
      bytesPerSecond: options.bytesPerSecond
    })
  );
  const software = await onPort(ports.software, port => startSoftware(repository, port));
  writeFileSync(
    portsFile,
    JSON.stringify({
      signIn: portOf(signIn.issuer),
      catalogue: portOf(catalogue.api),
      store: portOf(store.url),
      software: portOf(software.url)
    } satisfies Ports)
  );

  const profileFile = path.join(stateDir, 'profiles', 'demo.yaml');
  mkdirSync(path.dirname(profileFile), { recursive: true });
  writeFileSync(
    profileFile,
    stringify({
      id: 'demo',
      title: 'Demo facility (on this machine)',
      demo: true,
      help: 'This is the demo: everything runs on this machine. See the README.',
      providers: [
        {
          id: 'demo',
          title: 'Demo sign-in',
          issuer: signIn.issuer,
          device: { client_id: 'jupyterlab-panosc' },
          scopes: ['openid', 'profile', 'offline_access']
        }
      ],
      catalogues: [
        {
          id: 'demo',
          title: 'Demo catalogue',
          kind: 'panosc-search',
          api: catalogue.api,
          file_url: `${store.url}/{path}`,
          strip_prefix: '/data/',
          checksums: { manifest: 'SHA256SUMS' }
        }
      ],
      stores: [
        {
          id: 'proposals',
          title: 'Demo store',
          kind: 'http',
          url: `${store.url}/proposals/`,
          token_from: 'demo'
        },
        { id: 'open', title: 'Demo store, open data', kind: 'http', url: `${store.url}/open/` }
      ],
      repositories: [
        {
          kind: 'cvmfs-http',
          fqrn: repository.fqrn,
          title: 'Demo software',
          servers: [`${software.url}/cvmfs/${repository.fqrn}`],
          keys: [repository.masterKeyPem],
          roots: [{ path: '/software/packages', layout: 'packages' }]
        }
      ],
      clusters: [
        options.cluster ?? {
          id: 'local',
          title: 'This machine (local processes, no Slurm)',
          kind: 'local',
          allow_without_image: true,
          data_roots: [workDir]
        }
      ],
      transfers: { default_target: path.join(workDir, 'data'), roots: [workDir] }
    })
  );
  return {
    profileFile,
    workDir,
    close: async () => {
      await Promise.allSettled([
        software.close(),
        store.close(),
        catalogue.close(),
        signIn.close()
      ]);
    }
  };
}
