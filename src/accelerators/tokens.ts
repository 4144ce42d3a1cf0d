import { Token } from '@lumino/coreutils';
import type { IResource } from '../companion/resource.ts';
import type { AcceleratorList } from '../contract/accelerators.ts';

/** GPUs of one type as a form offers them. `null` is "not known". */
export interface IGpuChoice {
  readonly type: string;
  readonly total: number;
  readonly free: number | null;
  /** The most that one node has. */
  readonly perNode: number;
}

/** Which GPUs there are, and how many are free now. */
export interface IAccelerators extends IResource<AcceleratorList> {
  /** Types in a partition (or in the whole cluster), those with most free ones first. */
  choices(cluster: string | undefined, partition: string | undefined): readonly IGpuChoice[];
}

/** Hands out the one model of accelerators; its code is loaded when a form first wants it. */
export interface IAcceleratorsProvider {
  load(): Promise<IAccelerators>;
}

export const IAcceleratorsProvider = new Token<IAcceleratorsProvider>(
  'jupyterlab-panosc:IAcceleratorsProvider',
  'Which GPUs there are and how many of them are free.'
);
