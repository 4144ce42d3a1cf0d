import { Token } from '@lumino/coreutils';
import type { IResource } from '../companion/resource.ts';
import type { Facility } from '../contract/facility.ts';

/** The profiles there are, and what the active one offers. */
export interface IFacility extends IResource<Facility> {
  /** Makes a profile active. Rejects with a `ProblemError`. */
  choose(id: string): Promise<void>;
}

export const IFacility = new Token<IFacility>(
  'jupyterlab-panosc:IFacility',
  'The facility profile that is active and what it offers.'
);
