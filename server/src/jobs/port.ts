import type { Accelerator, Job, JobState, Partition } from '#contract';
import type { CallContext } from '../core/call-context.ts';

/** What a scheduler can do; data, so that nobody switches on a kind. */
export interface SchedulerFeatures {
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

/** A place where jobs run. Methods reject with a ProblemError. */
export interface Scheduler {
  readonly id: string;
  readonly title: string;
  readonly features: SchedulerFeatures;
  partitions(call: CallContext): Promise<Partition[]>;
  /** Throws `job-refused` with the scheduler's own sentence. Not repeated blindly: see `findByKey`. */
  submit(job: JobSubmission, call: CallContext): Promise<{ jobId: string }>;
  /** The job that was submitted with this key, or null when there certainly is none. */
  findByKey(
    key: string,
    submittedAfter: string,
    call: CallContext
  ): Promise<{ jobId: string } | null>;
  /** States of these jobs in one call; jobs that the scheduler has forgotten are absent. */
  statuses(jobIds: readonly string[], call: CallContext): Promise<Map<string, JobStatus>>;
  /** Asks for the end and reads back: true when the job no longer runs or will not start. */
  cancel(jobId: string, call: CallContext): Promise<boolean>;
  /** GPUs by type and partition; empty when the cluster has none. */
  accelerators(call: CallContext): Promise<Accelerator[]>;
}
