import { bytesText } from '../core/bytes-text.ts';
import { freeBytes } from '../core/disk-space.ts';
import { httpRequest } from '../core/http-client.ts';
import { expandHome } from '../core/paths.ts';
import { ok, type Check, type Finding } from '../doctor/port.ts';
import type { StoreProfile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { fetchFor } from './puller/authority.ts';
import { refuseUnusableFolder } from './usable-folder.ts';

const TIMEOUT_MS = 6000;

async function lookAtStore(
  store: StoreProfile,
  parts: Pick<Parts, 'facility' | 'fetch' | 'surroundings'>,
  signal: AbortSignal
): Promise<Finding> {
  const { status } = await httpRequest(
    new URL(store.url),
    {
      method: 'HEAD',
      maxBytes: 65_536,
      cut: true,
      timeoutMs: TIMEOUT_MS,
      signal,
      title: store.title
    },
    fetchFor(store, parts)
  );
  if (status >= 500) {
    return {
      state: 'failed',
      text: `It answers ${status}.`,
      cure: 'Tell its operators, or try later: pulls go on where they were.'
    };
  }
  const isClosed = status === 401 || status === 403;
  // An open store need not list its top folder.
  return ok(
    isClosed && store.token_from !== undefined
      ? 'It answers, and asks for a sign-in.'
      : `It answers (${status} for its top folder).`
  );
}

async function lookAtTarget(folder: string): Promise<Finding> {
  await refuseUnusableFolder(folder);
  return ok(`${folder} has ${bytesText(await freeBytes(folder))} free.`);
}

/** Whether each store answers, and whether there is a place to pull to. */
export function transferChecks(parts: Pick<Parts, 'facility' | 'fetch' | 'surroundings'>): Check[] {
  const profile = parts.facility.current();
  if (profile === null) {
    return [];
  }
  const folder = expandHome(profile.transfers.default_target, parts.surroundings.home);
  return [
    ...profile.stores.map((store, index) => ({
      id: `transfers.${store.id}`,
      title: store.title,
      fieldOf: () => ['stores', index, 'url'],
      run: ({ signal }: { signal: AbortSignal }) => lookAtStore(store, parts, signal)
    })),
    { id: 'transfers.target', title: 'Folder for pulls', run: () => lookAtTarget(folder) }
  ];
}
