import path from 'node:path';
import type { Job, JobRequest, JobState } from '#contract';
import type { ClusterProfile } from '../facility/profile.ts';
import { schedulerFeatures } from './adapters/features.ts';
import type { Operation } from '../store/operation-store.ts';
import type { JobStatus, JobSubmission } from './port.ts';
import { isFinished } from './state.ts';

/** What has been learned of a job since it was asked for. */
export interface JobData {
  readonly cluster: string;
  readonly clusterTitle: string;
  /** The cluster as the profile had it: the job is followed there whichever facility is chosen. */
  readonly profile?: ClusterProfile;
  readonly jobId: string | null;
  /** Path of the exact script. */
  readonly scriptPath: string;
  readonly folder: string;
  /** When it was first handed over; from then on the scheduler may have it. */
  readonly attemptedAt: string | null;
  /** The person wants it to end; asked again until it has. */
  readonly wantsCancel: boolean;
  readonly status: JobStatus | null;
  readonly ranWithoutImage: boolean;
  readonly hasResult: boolean;
  /** Times in a row that the scheduler did not know the job. */
  readonly timesUnknown: number;
}

export type JobOperation = Operation<JobRequest, JobData>;

/** True for a job that ends with this session, so that the companion stays while it runs. */
export function endsWithSession({ data: { profile } }: JobOperation): boolean {
  return profile !== undefined && !schedulerFeatures[profile.kind].survivesSession;
}

function askedGpus({ gpus }: JobRequest): string | null {
  return gpus === undefined ? null : `${gpus.type ?? 'gpu'} × ${gpus.count}`;
}

/** What is said while the scheduler has said nothing. */
const unsaid: Omit<JobStatus, 'jobId' | 'state' | 'gpusAsked'> = {
  rawState: null,
  reason: null,
  partition: null,
  submittedAt: null,
  startedAt: null,
  endedAt: null,
  elapsedSeconds: null,
  timeLimitSeconds: null,
  exitCode: null,
  nodes: null,
  gpusGranted: null
};

/** A job as it goes on the wire. */
export function describeJob(operation: JobOperation): Job {
  const { data, request } = operation;
  const said = data.status ?? unsaid;
  const state = operation.state as JobState;
  const asked = request.timeMinutes === undefined ? null : request.timeMinutes * 60;
  return {
    id: operation.id,
    createdAt: operation.createdAt,
    updatedAt: operation.updatedAt,
    problem: operation.problem,
    cluster: data.cluster,
    clusterTitle: data.clusterTitle,
    name: request.name,
    state,
    rawState: said.rawState,
    reason: said.reason,
    jobId: data.jobId,
    partition: said.partition ?? request.partition ?? null,
    submittedAt: said.submittedAt,
    startedAt: said.startedAt,
    endedAt: said.endedAt,
    elapsedSeconds: said.elapsedSeconds,
    timeLimitSeconds: said.timeLimitSeconds ?? asked,
    exitCode: isFinished(state) ? said.exitCode : null,
    nodes: said.nodes,
    gpus: { asked: askedGpus(request), granted: said.gpusGranted },
    image: request.image ?? null,
    ranWithoutImage: data.ranWithoutImage,
    workdir: request.workdir,
    logPath: path.join(data.folder, 'job.out'),
    resultPath:
      data.hasResult && request.result !== undefined
        ? path.resolve(request.workdir, request.result)
        : null
  };
}

/** True when the job got fewer GPUs than it asked for, or others. Only said when the grant is known. */
export function grantDiffers(request: JobRequest, granted: string | null): boolean {
  if (request.gpus === undefined || granted === null) {
    return false;
  }
  const counts = new Map(
    granted === 'none' ? [] : granted.split(', ').map(part => part.split(' × ') as [string, string])
  );
  const { count, type } = request.gpus;
  const got =
    type === undefined
      ? [...counts.values()].reduce((sum, value) => sum + Number(value), 0)
      : Number(counts.get(type) ?? counts.get('gpu') ?? 0);
  return got < count;
}

/** A job as a scheduler takes it. */
export function submissionOf({ data, id, request }: JobOperation): JobSubmission {
  const { account, comment, cpus, gpus, memoryMB, name, partition, timeMinutes, workdir } = request;
  return {
    key: id,
    name,
    scriptPath: data.scriptPath,
    workdir,
    logPath: path.join(data.folder, 'job.out'),
    partition: partition ?? null,
    account: account ?? null,
    timeMinutes: timeMinutes ?? null,
    cpus: cpus ?? null,
    memoryMB: memoryMB ?? null,
    gpus: gpus === undefined ? null : { type: gpus.type ?? null, count: gpus.count },
    comment: comment ?? null
  };
}
