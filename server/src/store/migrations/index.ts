import { initial } from './0001-initial.ts';
import { facility } from './0002-facility.ts';
import { disk } from './0003-disk.ts';

/** Forward only, in order; `PRAGMA user_version` counts how many were applied. */
export const migrations: readonly string[] = [initial, facility, disk];
