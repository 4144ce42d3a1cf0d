import type { Accelerator, Job, JobState, Partition } from '#contract';
import type { CallContext } from '../core/call-context.ts';

/** What a scheduler can do; data, so that nobody switches on a kind. */
export interface SchedulerFeatures {
  /** A scheduler hands out machines, so that there is a command such as `sbatch` to copy. */
  readonly batch: boolean;
  readonly partitions: boolean;
  readonly accelerators: boolean;
  /** Jobs go on when the session ends. */
  readonly survivesSession: boolean;
  readonly images: boolean;
}

/** A job that is ready to be handed over: the script is complete and already written to disk. */
export interface JobSubmission {
  /** Our operation id: found again in the submit line. */
  readonly key: string;
  readonly name: string;
  /** Absolute path of the script. */
  readonly scriptPath: string;
  readonly workdir: string;
  readonly logPath: string;
  readonly partition: string | null;
  readonly account: string | null;
  readonly timeMinutes: number | null;
  readonly cpus: number | null;
  readonly memoryMB: number | null;
  readonly gpus: { readonly type: string | null; readonly count: number } | null;
  readonly comment: string | null;
}

/** What a scheduler says about one job. `null` is "not said". */
export interface JobStatus extends Pick<
  Job,
  | 'rawState'
  | 'reason'
  | 'partition'
  | 'submittedAt'
  | 'startedAt'
  | 'endedAt'
  | 'elapsedSeconds'
  | 'timeLimitSeconds'
  | 'exitCode'
  | 'nodes'
> {
  readonly jobId: string;
  readonly state: JobState;
  readonly gpusAsked: string | null;
  readonly gpusGranted: string | null;
}

/** Whether a submission arrived. `unsure` is for good: asking again will not tell. */
export type KeyLookup =
  | { readonly found: 'job'; readonly jobId: string }
  | { readonly found: 'none' }
  | { readonly found: 'unsure'; readonly why: string };

/** As whom a cluster sees the person, and whether it takes their jobs. */
export interface Standing {
  /** Their name on this machine, by the uid of this process. */
  readonly person: string;
  /** False where the cluster keeps no records of jobs and accounts. */
  readonly hasRecords: boolean;
  /** Jobs of somebody without an account are refused. */
  readonly needsAccount: boolean;
  /** How long ended jobs are known where no records are kept; null where it is not said. */
  readonly forgetsAfterSeconds: number | null;
  readonly accounts: readonly string[];
  /** Partitions that take jobs, but from none of these accounts. */
  readonly closedPartitions: readonly string[];
}

/** A place where jobs run. Methods reject with a ProblemError. */
export interface Scheduler {
  readonly id: string;
  readonly title: string;
  readonly features: SchedulerFeatures;
  /** After this long a submission that was cut off can no longer arrive; 0 where repeating it is harmless. */
  readonly submitSettlesMs: number;
  partitions(call: CallContext): Promise<Partition[]>;
  /** Null where nobody needs an account. */
  standing(call: CallContext): Promise<Standing | null>;
  /** Throws `job-refused` with the scheduler's own sentence. Not repeated blindly: see `findByKey`. */
  submit(job: JobSubmission, call: CallContext): Promise<{ jobId: string }>;
  /** The job that was submitted with this key. Rejects when the scheduler does not answer: ask again later. */
  findByKey(key: string, submittedAfter: string, call: CallContext): Promise<KeyLookup>;
  /** States of these jobs in one call; jobs that the scheduler has forgotten are absent. */
  statuses(jobIds: readonly string[], call: CallContext): Promise<Map<string, JobStatus>>;
  /** GPUs that a running job really holds, asked for itself; `none`, or null when it cannot be known. */
  grant(jobId: string, call: CallContext): Promise<string | null>;
  /** Asks for the end and reads back: true when the job no longer runs or will not start. */
  cancel(jobId: string, call: CallContext): Promise<boolean>;
  /** GPUs by type and partition; empty when the cluster has none. */
  accelerators(call: CallContext): Promise<Accelerator[]>;
}
