import { Signal } from '@lumino/signaling';
import type { IAccelerators } from '../../accelerators/tokens.ts';
import type { Facility } from '../../contract/facility.ts';
import type { IFacility } from '../../facility/tokens.ts';
import type { ImageSearch } from '../../images/tokens.ts';

const features = {
  batch: true,
  partitions: true,
  accelerators: true,
  survivesSession: true,
  images: true
};

/** A facility with a cluster and a machine that offers less. */
export function fakeFacility(): IFacility {
  const value: Facility = {
    profiles: [],
    home: '/home/alice',
    active: {
      id: 'demo',
      title: 'Demo',
      demo: true,
      help: null,
      domains: ['datasets', 'images', 'jobs'],
      providers: [],
      catalogues: [],
      repositories: [],
      clusters: [
        { id: 'hpc', title: 'Test cluster', features },
        {
          id: 'here',
          title: 'This machine',
          features: { ...features, batch: false, partitions: false, accelerators: false }
        }
      ],
      defaultTarget: '/home/alice/data',
      features: { pulls: true }
    }
  };
  const facility = {
    value,
    problem: null,
    isLoading: false,
    load: async () => undefined,
    refresh: async () => undefined,
    choose: async () => undefined
  };
  return Object.assign(facility, {
    changed: new Signal<typeof facility, void>(facility)
  }) as unknown as IFacility;
}

/** Three of eight A40s are free. */
export function fakeAccelerators(): IAccelerators {
  const model = {
    value: { items: [], at: null, note: null },
    problem: null,
    isLoading: false,
    load: async () => undefined,
    refresh: async () => undefined,
    choices: () => [{ type: 'a40', total: 8, free: 3, perNode: 4 }]
  };
  return Object.assign(model, {
    changed: new Signal<typeof model, void>(model)
  }) as unknown as IAccelerators;
}

/** A search that has found one image. */
export function fakeSearch(): ImageSearch {
  const search = {
    text: 'xrd',
    items: [
      {
        ref: 'sw.example:/xrd/2.sif',
        repository: 'sw.example',
        path: '/xrd/2.sif',
        mountPath: '/cvmfs/sw.example/xrd/2.sif',
        kind: 'sif' as const,
        name: 'xrd',
        version: '2',
        sizeBytes: null,
        modifiedAt: null,
        linkTo: null
      }
    ],
    hasMore: false,
    isLoaded: true,
    isLoading: false,
    problem: null,
    type: () => undefined,
    run: () => undefined,
    dispose: () => undefined
  };
  return Object.assign(search, {
    changed: new Signal<typeof search, void>(search)
  }) as unknown as ImageSearch;
}
