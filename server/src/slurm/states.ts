import type { JobState } from '#contract';
import { cleanText } from '../core/clean-text.ts';
import type { JobStatus } from '../jobs/port.ts';

/** Slurm's base states (squeue(1), "JOB STATE CODES") in our words. */
const states: Readonly<Record<string, JobState>> = {
  PENDING: 'queued',
  CONFIGURING: 'queued',
  REQUEUED: 'queued',
  REQUEUE_HOLD: 'queued',
  REQUEUE_FED: 'queued',
  SPECIAL_EXIT: 'queued',
  RESV_DEL_HOLD: 'queued',
  RUNNING: 'running',
  SUSPENDED: 'running',
  STOPPED: 'running',
  SIGNALING: 'running',
  RESIZING: 'running',
  STAGE_OUT: 'completing',
  COMPLETING: 'completing',
  COMPLETED: 'completed',
  FAILED: 'failed',
  BOOT_FAIL: 'node-failed',
  NODE_FAIL: 'node-failed',
  TIMEOUT: 'timeout',
  DEADLINE: 'timeout',
  OUT_OF_MEMORY: 'out-of-memory',
  CANCELLED: 'cancelled',
  REVOKED: 'cancelled',
  PREEMPTED: 'interrupted'
};

/** `CANCELLED by 1001` and flags behind a plus are cut; an unknown state stays visible as `unknown`. */
export function stateOf(raw: string): JobState {
  return states[/^[A-Z_]+/.exec(raw)?.[0] ?? ''] ?? 'unknown';
}

/** Which task of an array speaks for all: what still runs, then what waits, then the worst end. */
const loudness: readonly JobState[] = [
  'running',
  'completing',
  'queued',
  'submitting',
  'unknown',
  'out-of-memory',
  'node-failed',
  'timeout',
  'failed',
  'interrupted',
  'refused',
  'cancelled',
  'completed'
];

/** One job out of the rows of its tasks, or of its runs when it was requeued. */
export function mergeTasks(before: JobStatus | undefined, row: JobStatus): JobStatus {
  if (before === undefined) {
    return row;
  }
  const isLouder = loudness.indexOf(row.state) < loudness.indexOf(before.state);
  const [speaker, other] = isLouder ? [row, before] : [before, row];
  const starts = [speaker.startedAt, other.startedAt].filter(time => time !== null).sort();
  return { ...speaker, startedAt: starts[0] ?? null };
}

const reasons: Readonly<Record<string, string>> = {
  Priority: 'other jobs are before it',
  Resources: 'it is next, and waits for free resources',
  Dependency: 'it waits for another job',
  DependencyNeverSatisfied: 'the job that it waits for has failed: cancel it',
  JobHeldUser: 'you hold it back',
  JobHeldAdmin: 'an administrator holds it back',
  PartitionDown: 'the partition is down',
  PartitionInactive: 'the partition is not active',
  PartitionConfig: 'it asks for more than the partition allows: cancel it and ask for less',
  PartitionTimeLimit: 'it asks for more time than the partition allows: cancel it and ask for less',
  PartitionNodeLimit: 'it asks for more nodes than the partition has',
  QOSMaxGRESPerUser:
    'you have as many GPUs as one person may have: it starts when one of your jobs ends',
  QOSMaxJobsPerUserLimit:
    'you have as many jobs as one person may run: it starts when one of them ends',
  QOSMaxWallDurationPerJobLimit:
    'it asks for more time than its QOS allows: cancel it and ask for less',
  QOSMaxCpuPerUserLimit: 'you have as many CPUs as one person may have',
  AssocGrpGRES: 'your account has used its GPUs',
  AssocMaxJobsLimit: 'your account has as many jobs as it may run',
  MaxGRESPerAccount: 'your account has as many GPUs as it may have',
  JobArrayTaskLimit: 'as many tasks of the array run as may run at once',
  BeginTime: 'its start time has not come yet',
  Licenses: 'it waits for a licence',
  Reservation: 'it waits for a reservation',
  BadConstraints: 'no node can ever run it: cancel it and ask for less',
  ReqNodeNotAvail: 'the nodes that it needs are not available',
  NonZeroExitCode: 'the script ended with an error',
  TimeLimit: 'it ran into its time limit',
  OutOfMemory: 'it used more memory than it asked for',
  NodeFail: 'a node failed',
  JobLaunchFailure: 'it could not be started on the node',
  RaisedSignal: 'a signal ended it',
  AssociationJobLimit: 'your account has as many jobs as it may run'
};

/** A reason in plain words; an unknown one is shown as Slurm writes it. */
export function reasonWords(reason: string): string | null {
  const name = /^\(?([A-Za-z]+)/.exec(reason)?.[1];
  if (name === undefined || name === 'None') {
    return null;
  }
  return reasons[name] ?? cleanText(reason, 200);
}
