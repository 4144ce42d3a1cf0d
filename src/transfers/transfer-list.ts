import type { LiveList } from '../companion/live-list.ts';

/** The transfers of this person, newest first, kept up to date. */
export type ITransfers = LiveList<'transfer'>;
