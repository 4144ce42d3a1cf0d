import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Resource } from '../companion/resource.ts';
import { ICompanion } from '../companion/tokens.ts';
import type { Facility } from '../contract/facility.ts';
import { IFacility } from './tokens.ts';

class FacilityModel extends Resource<Facility> implements IFacility {
  readonly #door: ICompanion;

  constructor(companion: ICompanion) {
    super(companion, 'facility', ['facility']);
    this.#door = companion;
  }

  async choose(id: string): Promise<void> {
    this.set(await this.#door.put<Facility>('facility', { id }));
  }
}

/** Provides the active facility profile. */
export const facilityPlugin: JupyterFrontEndPlugin<IFacility> = {
  id: 'jupyterlab-panosc:facility',
  description: 'The facility profile that is active.',
  autoStart: true,
  requires: [ICompanion],
  provides: IFacility,
  activate: (_app: JupyterFrontEnd, companion: ICompanion) => new FacilityModel(companion)
};
