import { initial } from './0001-initial.ts';

/** Forward only, in order; `PRAGMA user_version` counts how many were applied. */
export const migrations: readonly string[] = [initial];
