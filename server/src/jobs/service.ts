import { existsSync, lstatSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type {
  Job,
  JobDetail,
  JobLog,
  JobPreview,
  JobRequest,
  JobState,
  Page,
  Partition
} from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { newId } from '../core/ids.ts';
import { isInside, realPathOfExistingPart } from '../core/paths.ts';
import { problem, ProblemError, toProblem } from '../core/problem.ts';
import type { Reconcilable } from '../core/reconciler.ts';
import type { Parts } from '../parts.ts';
import { inTransaction, OperationStore } from '../store/operation-store.ts';
import { RequestChecker, type ImageResolver } from './request-checker.ts';
import type { Clusters } from './clusters.ts';
import {
  describeJob,
  grantDiffers,
  submissionOf,
  type JobData,
  type JobOperation
} from './describe.ts';
import type { JobStatus } from './port.ts';
import { readLog } from './read-log.ts';
import { buildScript, summarise, WITHOUT_IMAGE } from './script.ts';
import { isFinished, nextState } from './state.ts';

/** Folder in the job's own folder for scripts and logs; the node must see it, so it cannot be our state folder. */
const FOLDER = '.panosc';
/** A scheduler that does not know a job this many times in a row has lost it. */
const MOST_UNKNOWN = 10;

/** Checks, submits and follows jobs. */
export class JobService implements Reconcilable {
  readonly kind = 'job';
  readonly #parts: Parts;
  readonly #checker: RequestChecker;
  readonly #clusters: Clusters;
  readonly #operations: OperationStore<JobRequest, JobData>;
  #wake: (id: string) => void = () => undefined;

  constructor(parts: Parts, clusters: Clusters, images: ImageResolver) {
    this.#parts = parts;
    this.#clusters = clusters;
    this.#checker = new RequestChecker(parts, clusters, images);
    this.#operations = new OperationStore(parts.db, this.kind, parts.clock);
  }

  connect(wake: (id: string) => void): void {
    this.#wake = wake;
  }

  /** The exact script and what is wrong with the request; nothing is submitted. */
  async preview(request: JobRequest, call: CallContext): Promise<JobPreview> {
    const { findings, image, profile } = await this.#checker.check(request, call);
    const folder = path.join(request.workdir, FOLDER, 'ID');
    return {
      script: buildScript(request, profile, image, folder),
      summary: summarise(request, profile, image),
      findings: [...findings]
    };
  }

  /** Writes the job down, then hands it over. Throws `bad-job` with the first finding. */
  async submit(
    request: JobRequest,
    key: string,
    call: CallContext
  ): Promise<{ job: Job; isNew: boolean }> {
    const { findings, image, profile } = await this.#checker.check(request, call);
    const mistake = findings.find(finding => finding.severity === 'error');
    if (mistake !== undefined) {
      throw problem('bad-job', mistake.text, { extra: { field: mistake.field } });
    }
    const id = newId('j');
    const folder = path.join(request.workdir, FOLDER, id);
    const scriptPath = path.join(folder, 'script.sh');
    const { isNew, operation } = inTransaction(this.#parts.db, () => {
      const created = this.#operations.create({
        id,
        idempotencyKey: key,
        state: 'submitting',
        request,
        data: {
          cluster: profile.id,
          clusterTitle: profile.title,
          jobId: null,
          scriptPath,
          folder,
          status: null,
          ranWithoutImage: false,
          hasResult: false,
          timesUnknown: 0
        }
      });
      if (created.isNew) {
        this.#parts.events.append('job', describeJob(created.operation));
      }
      return created;
    });
    if (isNew) {
      try {
        await this.#writeScript(operation, buildScript(request, profile, image, folder));
      } catch (error) {
        this.#save(id, { state: 'refused', problem: toProblem(error) });
        throw error;
      }
      await this.#handOver(operation, false, this.#parts.call());
    }
    this.#wake(operation.id);
    return { job: this.get(operation.id), isNew };
  }

  list(cursor: string | undefined, limit: number): Page<Job> {
    const page = this.#operations.page(cursor, limit);
    return { items: page.items.map(describeJob), cursor: page.cursor };
  }

  get(id: string): Job {
    return describeJob(this.#operations.require(id));
  }

  async detail(id: string): Promise<JobDetail> {
    const operation = this.#operations.require(id);
    const script = await readFile(operation.data.scriptPath, 'utf8').catch(
      () => operation.request.script
    );
    return { ...describeJob(operation), script, request: operation.request };
  }

  async log(id: string, stream: 'out' | 'err', offset: number): Promise<JobLog> {
    const { data, request, state } = this.#operations.require(id);
    const real = realPathOfExistingPart(data.folder);
    if (!isInside(real, realPathOfExistingPart(request.workdir))) {
      throw problem(
        'path-not-allowed',
        'The log lies outside the job’s folder, so it is not shown.'
      );
    }
    return readLog(path.join(real, `job.${stream}`), offset, isFinished(state as JobState));
  }

  /** Cancels and reads back. Throws `cancel-not-confirmed` when the job still runs. */
  async cancel(id: string, call: CallContext): Promise<Job> {
    const operation = this.#operations.require(id);
    if (operation.finished) {
      throw problem('wrong-state', `The job "${operation.request.name}" has ended already.`);
    }
    const scheduler = this.#clusters.scheduler(operation.data.cluster);
    const jobId =
      operation.data.jobId ??
      (await scheduler.findByKey(id, operation.createdAt, call))?.jobId ??
      null;
    if (jobId === null) {
      this.#save(id, { state: 'cancelled', problem: null });
      return this.get(id);
    }
    if (!(await scheduler.cancel(jobId, call))) {
      throw problem(
        'cancel-not-confirmed',
        `The scheduler took the request, but job ${jobId} still runs. Look again in a minute.`
      );
    }
    const status = (await scheduler.statuses([jobId], call)).get(jobId);
    if (status !== undefined) {
      this.#learn(this.#operations.require(id), status);
    }
    this.#clusters.hurry(operation.data.cluster);
    this.#wake(id);
    return this.get(id);
  }

  remove(id: string): void {
    inTransaction(this.#parts.db, () => {
      this.#operations.remove(id);
      this.#parts.events.append('job-removed', { id });
    });
  }

  async partitions(call: CallContext): Promise<Partition[]> {
    const all = await Promise.all(
      this.#clusters.all().map(scheduler => scheduler.partitions(call))
    );
    return all.flat();
  }

  countUnfinished(): number {
    return this.#operations.countUnfinished();
  }

  unfinishedIds(): readonly string[] {
    return this.#operations.unfinished().map(({ id }) => id);
  }

  /** See `Reconcilable`. A job whose submission was cut is looked up before it is submitted again. */
  async reconcile(id: string, signal: AbortSignal): Promise<number | null> {
    const operation = this.#operations.find(id);
    if (operation === null || operation.finished) {
      return null;
    }
    const call = this.#parts.call(signal);
    const { cluster, jobId } = operation.data;
    if (jobId === null) {
      await this.#handOver(operation, true, call);
      return this.#clusters.nextLookMs(cluster);
    }
    const status = await this.#clusters.status(cluster, jobId, () => this.#jobIdsOf(cluster), call);
    if (status === null) {
      this.#lost(operation);
    } else {
      this.#learn(operation, status);
    }
    return this.#operations.require(id).finished ? null : this.#clusters.nextLookMs(cluster);
  }

  #jobIdsOf(cluster: string): string[] {
    return this.#operations
      .unfinished()
      .filter(({ data }) => data.cluster === cluster)
      .flatMap(({ data }) => (data.jobId === null ? [] : [data.jobId]));
  }

  /** Submits, unless the scheduler has the job already. An answer that is lost leaves the job "submitting". */
  async #handOver(operation: JobOperation, mayBeThere: boolean, call: CallContext): Promise<void> {
    const { createdAt, data, id, request } = operation;
    const scheduler = this.#clusters.scheduler(data.cluster);
    try {
      const known = mayBeThere ? await scheduler.findByKey(id, createdAt, call) : null;
      if (known === null && !existsSync(data.scriptPath)) {
        this.#save(id, {
          state: 'refused',
          problem: problem(
            'bad-job',
            `The script of "${request.name}" is gone from ${data.folder}. Submit it again.`
          ).toProblem()
        });
        return;
      }
      const { jobId } = known ?? (await scheduler.submit(submissionOf(operation), call));
      this.#save(id, { state: 'queued', problem: null, data: { ...data, jobId } });
      this.#clusters.hurry(data.cluster);
    } catch (error) {
      call.signal.throwIfAborted();
      const isFinal =
        error instanceof ProblemError &&
        (error.slug === 'job-refused' || error.slug === 'scheduler-missing');
      this.#save(id, { state: isFinal ? 'refused' : 'submitting', problem: toProblem(error) });
      if (!(error instanceof ProblemError)) {
        throw error;
      }
    }
  }

  async #writeScript({ data, request }: JobOperation, script: string): Promise<void> {
    try {
      await mkdir(data.folder, { recursive: true, mode: 0o700 });
      await chmod(data.folder, 0o700);
      await writeFile(data.scriptPath, script, { mode: 0o700, flag: 'wx' });
    } catch (error) {
      throw problem(
        'target-not-writable',
        `The script cannot be written into ${request.workdir}. Choose another folder.`,
        { cause: error }
      );
    }
  }

  /** Takes over what the scheduler says, and compares what was granted with what was asked. */
  #learn(operation: JobOperation, status: JobStatus): void {
    const { data, id, request } = operation;
    const before = operation.state as JobState;
    const state = nextState(before, status.state);
    const hasEnded = isFinished(state);
    const differs = grantDiffers(request, status.gpusGranted);
    const trouble = differs
      ? problem(
          'grant-differs',
          `Job ${status.jobId} asked for ${request.gpus?.count ?? 0} GPU(s) and got ${status.gpusGranted ?? 'none'}. Cancel it, or tell the cluster's administrators.`
        ).toProblem()
      : null;
    const next: JobData = {
      ...data,
      timesUnknown: 0,
      status: { ...status, gpusGranted: status.gpusGranted ?? data.status?.gpusGranted ?? null },
      ranWithoutImage: data.ranWithoutImage || existsSync(path.join(data.folder, WITHOUT_IMAGE)),
      hasResult:
        hasEnded && request.result !== undefined && isOwnFile(request.workdir, request.result)
    };
    if (
      state !== before ||
      JSON.stringify(next) !== JSON.stringify(data) ||
      trouble?.type !== operation.problem?.type
    ) {
      this.#save(id, { state, data: next, problem: trouble });
    }
  }

  /** The scheduler does not know the job (any more). */
  #lost(operation: JobOperation): void {
    const { data, id, request } = operation;
    const timesUnknown = data.timesUnknown + 1;
    if (timesUnknown < MOST_UNKNOWN) {
      this.#operations.update(id, { data: { ...data, timesUnknown } });
      return;
    }
    this.#save(id, {
      state: 'interrupted',
      data: { ...data, timesUnknown },
      problem: problem(
        'job-not-found',
        `The scheduler does not know job ${data.jobId ?? ''} ("${request.name}") any more, and keeps no records. Its log may say how it ended.`
      ).toProblem()
    });
  }

  #save(id: string, change: { state: JobState; problem: Job['problem']; data?: JobData }): void {
    inTransaction(this.#parts.db, () => {
      if (this.#operations.require(id).finished) {
        return;
      }
      const operation = this.#operations.update(id, {
        ...change,
        finished: isFinished(change.state)
      });
      this.#parts.events.append('job', describeJob(operation));
    });
  }
}

/** A file in the job's folder; no link leads out of it. */
function isOwnFile(workdir: string, result: string): boolean {
  const file = path.resolve(workdir, result);
  try {
    return (
      isInside(realPathOfExistingPart(file), realPathOfExistingPart(workdir)) &&
      lstatSync(file).isFile()
    );
  } catch {
    return false;
  }
}
