import { Resource } from '../companion/resource.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Dataset } from '../contract/datasets.ts';
import type { Facility } from '../contract/facility.ts';
import type { IFacility } from '../facility/tokens.ts';
import type { PendingSignin, SigninState } from '../contract/signin.ts';

/** A facility that is chosen, with one provider and one catalogue. */
export function fakeFacility(given: Partial<Facility> = {}): Facility {
  return {
    profiles: [
      { id: 'demo', title: 'Demo facility', demo: true, isOpen: false, mistake: null },
      { id: 'other', title: 'Other facility', demo: false, isOpen: false, mistake: null },
      {
        id: 'broken',
        title: 'broken',
        demo: false,
        isOpen: false,
        mistake: 'Unrecognized key: "catalogs"'
      }
    ],
    home: '/home/alice',
    active: {
      id: 'demo',
      title: 'Demo facility',
      demo: true,
      help: null,
      domains: ['datasets', 'images', 'jobs'],
      providers: [{ id: 'umbrella', title: 'UmbrellaID' }],
      catalogues: [{ id: 'demo', title: 'Demo catalogue' }],
      repositories: [],
      clusters: [],
      defaultTarget: '/home/alice/data',
      features: { pulls: true }
    },
    ...given
  };
}

/** A code that waits for the person. */
export function fakePending(given: Partial<PendingSignin> = {}): PendingSignin {
  return {
    provider: 'umbrella',
    userCode: 'WDJB-MJHT',
    verificationUri: 'https://umbrella.example.org/device',
    verificationUriComplete: 'https://umbrella.example.org/device?user_code=WDJB-MJHT',
    qrSvg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    expiresAt: new Date(Date.now() + 9 * 60_000 + 5_000).toISOString(),
    ...given
  };
}

/** Nobody is signed in. */
export function fakeSignin(given: Partial<SigninState> = {}): SigninState {
  return { state: 'signed-out', pending: null, account: null, problem: null, ...given };
}

/** A dataset that fits. */
export function fakeDataset(given: Partial<Dataset> = {}): Dataset {
  return {
    catalogue: 'demo',
    pid: '10.5072/ma-0042',
    title: 'MA-0042 steel, load series',
    isPublic: true,
    createdAt: '2026-01-02T10:00:00.000Z',
    sizeBytes: 84e9,
    fileCount: 340,
    techniques: [{ pid: null, name: 'x-ray powder diffraction' }],
    instrument: 'ID11',
    documentId: '10.5072/es-77',
    fits: true,
    ...given
  };
}

/** The facility as a domain sees it: loaded from the fake companion. */
export function fakeFacilityResource(companion: ICompanion): IFacility {
  return Object.assign(new Resource<Facility>(companion, 'facility', ['facility']), {
    choose: () => Promise.resolve()
  });
}
