import * as z from 'zod';
import { operationFields } from './operation.ts';
import { pageOf } from './paging.ts';

/** Job states in one ordered list; the scheduler's own word is kept in `rawState`. */
export const JobState = z.enum([
  'submitting',
  'queued',
  'running',
  'completing',
  'completed',
  'failed',
  'timeout',
  'out-of-memory',
  'node-failed',
  'cancelled',
  'interrupted',
  'refused',
  'unknown'
]);
export type JobState = z.infer<typeof JobState>;
export const finishedJobStates: readonly JobState[] = [
  'completed',
  'failed',
  'timeout',
  'out-of-memory',
  'node-failed',
  'cancelled',
  'interrupted',
  'refused'
];

/** What the form holds. `script` is the body; directives are written by us above it. */
export const JobRequest = z.strictObject({
  cluster: z.string().max(100).optional(),
  name: z.string().min(1).max(100),
  script: z.string().min(1).max(1_000_000),
  /** Folder in which the job runs; where its log goes. */
  workdir: z.string().min(1).max(4096),
  partition: z.string().max(100).optional(),
  account: z.string().max(100).optional(),
  timeMinutes: z.number().int().min(1).max(525_600).optional(),
  cpus: z.number().int().min(1).max(100_000).optional(),
  memoryMB: z.number().int().min(1).max(100_000_000).optional(),
  gpus: z
    .strictObject({ type: z.string().max(50).optional(), count: z.number().int().min(1).max(1000) })
    .optional(),
  /** `REPO:PATH`. With it the script runs through `apptainer exec`. */
  image: z.string().max(2000).optional(),
  /** Folders to bind into the image, read-only unless `write`. */
  binds: z
    .array(z.strictObject({ path: z.string().min(1).max(4096), write: z.boolean().default(false) }))
    .max(20)
    .default([]),
  /** A person's own comment, kept as it is. */
  comment: z.string().max(500).optional(),
  /** A picture or table that the job writes, relative to workdir; opened by "Open result". */
  result: z.string().max(1000).optional()
});
export type JobRequest = z.infer<typeof JobRequest>;

/** `POST /v1/jobs/preview`: the exact script, and what is wrong with the request. */
export const JobPreview = z.object({
  script: z.string(),
  summary: z.string(),
  findings: z.array(
    z.object({ field: z.string(), severity: z.enum(['error', 'warning']), text: z.string() })
  )
});
export type JobPreview = z.infer<typeof JobPreview>;

export const Job = z.object({
  ...operationFields,
  cluster: z.string(),
  clusterTitle: z.string(),
  name: z.string(),
  state: JobState,
  rawState: z.string().nullable(),
  /** Reason in plain words, for queued and ended jobs. */
  reason: z.string().nullable(),
  jobId: z.string().nullable(),
  partition: z.string().nullable(),
  submittedAt: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  elapsedSeconds: z.number().nullable(),
  timeLimitSeconds: z.number().nullable(),
  exitCode: z.number().int().nullable(),
  nodes: z.string().nullable(),
  gpus: z.object({
    asked: z.string().nullable(),
    granted: z.string().nullable()
  }),
  image: z.string().nullable(),
  /** True when the profile let the job run without Apptainer; shown as a label. */
  ranWithoutImage: z.boolean(),
  workdir: z.string(),
  logPath: z.string().nullable(),
  /** Absolute path of the result once it exists. */
  resultPath: z.string().nullable()
});
export type Job = z.infer<typeof Job>;
export const JobPage = pageOf(Job);

export const JobDetail = Job.extend({
  /** The exact script that was handed over. */
  script: z.string(),
  /** What was asked, as the form sent it: what "Resubmit with changes" starts from. */
  request: JobRequest
});
export type JobDetail = z.infer<typeof JobDetail>;

export const JobLogQuery = z.object({
  stream: z.enum(['out', 'err']).default('out'),
  offset: z.coerce.number().int().min(0).default(0)
});
/** `GET /v1/jobs/:id/log`: bytes from `offset` as text. Ask again from `next`. */
export const JobLog = z.object({
  text: z.string(),
  next: z.number().int(),
  size: z.number().int().nullable(),
  /** The job has ended and nothing more will come. */
  complete: z.boolean()
});
export type JobLog = z.infer<typeof JobLog>;

export const Partition = z.object({
  cluster: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  isUp: z.boolean(),
  maxMinutes: z.number().int().nullable(),
  maxCpusPerNode: z.number().int().nullable(),
  maxMemoryMB: z.number().int().nullable(),
  nodes: z.number().int().nullable()
});
export type Partition = z.infer<typeof Partition>;
export const PartitionList = z.object({ items: z.array(Partition) });
export type PartitionList = z.infer<typeof PartitionList>;
