import type { Environment } from '../../core/proxy.ts';
import type { StoreProfile } from '../../facility/profile.ts';
import type { TransferBackend } from '../port.ts';
import type { Pace } from '../puller/pace.ts';
import { HttpBackend } from './http.ts';

type Adapter = (
  resolveFile: (name: string) => string,
  pace: Pace,
  env: Environment
) => TransferBackend & { close(): Promise<void> };

/** One line an adapter; the key is the store's `kind`. */
export const transferBackends: Readonly<Record<StoreProfile['kind'], Adapter>> = {
  http: (resolveFile, pace, env) => new HttpBackend(resolveFile, { env }, pace)
};
