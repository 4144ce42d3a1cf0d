import type { Job } from '../contract/jobs.ts';

/** A running job with what matters to the test. */
export function fakeJob(given: Partial<Job> = {}): Job {
  return {
    id: 'j_1',
    createdAt: '2026-11-24T10:00:00Z',
    updatedAt: '2026-11-24T10:00:00Z',
    problem: null,
    cluster: 'hpc',
    clusterTitle: 'Test cluster',
    name: 'recon-42',
    state: 'running',
    rawState: 'RUNNING',
    reason: null,
    jobId: '4042',
    partition: 'gpu',
    submittedAt: '2026-11-24T10:00:00Z',
    startedAt: '2026-11-24T10:01:00Z',
    endedAt: null,
    elapsedSeconds: 720,
    timeLimitSeconds: 7200,
    exitCode: null,
    nodes: 'gpu2',
    gpus: { asked: null, granted: null },
    image: null,
    ranWithoutImage: false,
    workdir: '/home/alice/work',
    logPath: null,
    resultPath: null,
    ...given
  };
}
