import { readFile } from 'node:fs/promises';
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
import { problem, ProblemError } from '../core/problem.ts';
import type { Reconcilable } from '../core/reconciler.ts';
import type { Parts } from '../parts.ts';
import type { Clusters } from './clusters.ts';
import { describeJob, endsWithSession } from './describe.ts';
import { HandOver } from './hand-over.ts';
import { JobFollower } from './job-follower.ts';
import { jobFolder, logFile, removeFolder, writeScript } from './job-files.ts';
import { JobStore } from './job-store.ts';
import { readLog } from './read-log.ts';
import { RequestChecker, type ImageResolver } from './request-checker.ts';
import { buildScript } from './script.ts';
import { isFinished } from './state.ts';
import { summarise } from './summary.ts';

/** First pause after a look that failed; it doubles. */
const LOOK_MS = 15_000;
const LONGEST_BACKOFF_MS = 300_000;
/** How long a person waits for the scheduler's word on a submission; then the job is shown as it is. */
const ANSWER_MS = 15_000;

/** Checks, submits and follows jobs. */
export class JobService implements Reconcilable {
  readonly kind = 'job';
  readonly #parts: Parts;
  readonly #checker: RequestChecker;
  readonly #clusters: Clusters;
  readonly #store: JobStore;
  readonly #handOver: HandOver;
  readonly #follower: JobFollower;
  /** Looks in a row that failed, by job. */
  readonly #failures = new Map<string, number>();
  #wake: (id: string) => void = () => undefined;

  constructor(parts: Parts, clusters: Clusters, images: ImageResolver) {
    this.#parts = parts;
    this.#clusters = clusters;
    this.#checker = new RequestChecker(parts, clusters, images);
    this.#store = new JobStore(parts);
    this.#handOver = new HandOver(clusters, this.#store);
    this.#follower = new JobFollower(clusters, this.#store, this.#handOver);
  }

  connect(wake: (id: string) => void): void {
    this.#wake = wake;
  }

  /** The exact script (with `ID` for the job's id) and what is wrong with the request; nothing is submitted. */
  async preview(request: JobRequest, call: CallContext): Promise<JobPreview> {
    const { findings, image, profile } = await this.#checker.check(request, call);
    const folder = jobFolder(request.workdir, 'ID');
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
    const known = this.#store.findByKey(key);
    if (known !== null) {
      // A repeated request is answered from what is written down, whoever is silent now.
      const { data, facility, id } = known;
      const { operation } = this.#store.create(
        id,
        { key, facility: facility ?? '' },
        request,
        data
      );
      return { job: describeJob(operation), isNew: false };
    }
    const facility = this.#parts.facility.profile().id;
    const { findings, image, profile } = await this.#checker.check(request, call);
    const mistake = findings.find(finding => finding.severity === 'error');
    if (mistake !== undefined) {
      throw problem('bad-job', mistake.text, { extra: { field: mistake.field } });
    }
    const id = newId('j');
    const folder = jobFolder(request.workdir, id);
    const scriptPath = path.join(folder, 'script.sh');
    // The script comes first: whoever finds the job written down can hand it over.
    await writeScript(folder, scriptPath, buildScript(request, profile, image, folder));
    let isNew = false;
    try {
      const created = this.#store.create(id, { key, facility }, request, {
        cluster: profile.id,
        clusterTitle: profile.title,
        profile,
        jobId: null,
        scriptPath,
        folder,
        attemptedAt: null,
        wantsCancel: false,
        status: null,
        ranWithoutImage: false,
        hasResult: false,
        timesUnknown: 0
      });
      isNew = created.isNew;
      if (!isNew) {
        return { job: describeJob(created.operation), isNew };
      }
    } finally {
      if (!isNew) {
        await removeFolder(folder);
      }
    }
    // The attempt goes on when the person leaves, and when they have waited long enough.
    const waited = new AbortController();
    const attempt = this.#handOver.run(id, this.#parts.call()).finally(() => waited.abort());
    await Promise.race([
      attempt,
      this.#parts.clock.sleep(ANSWER_MS, waited.signal).catch(() => undefined)
    ]);
    attempt.catch(() => undefined).finally(() => this.#wake(id));
    return { job: this.get(id), isNew };
  }

  list(cursor: string | undefined, limit: number): Page<Job> {
    const page = this.#store.page(cursor, limit);
    return { items: page.items.map(describeJob), cursor: page.cursor };
  }

  get(id: string): Job {
    return describeJob(this.#store.require(id));
  }

  async detail(id: string): Promise<JobDetail> {
    const operation = this.#store.require(id);
    const script = await readFile(operation.data.scriptPath, 'utf8').catch(
      () => operation.request.script
    );
    return { ...describeJob(operation), script, request: operation.request };
  }

  async log(id: string, stream: 'out' | 'err', offset: number): Promise<JobLog> {
    const { data, request, state } = this.#store.require(id);
    const file = logFile(data.folder, request.workdir, stream);
    return readLog(file, offset, isFinished(state as JobState));
  }

  /** Cancels and reads back. Throws `cancel-not-confirmed` when the job still runs. */
  async cancel(id: string, call: CallContext): Promise<Job> {
    const operation = this.#store.require(id);
    const { finished, request } = operation;
    if (finished) {
      throw problem('wrong-state', `The job "${request.name}" has ended already.`);
    }
    this.#clusters.schedulerOf(operation);
    // Written first: a companion that dies now goes on cancelling when it is back.
    this.#store.save(id, { data: { wantsCancel: true } });
    if (this.#store.require(id).data.jobId === null) {
      await this.#handOver.run(id, call);
    }
    const { data, finished: hasEnded } = this.#store.require(id);
    if (hasEnded) {
      return this.get(id);
    }
    if (data.jobId === null) {
      this.#wake(id);
      throw problem(
        'cancel-not-confirmed',
        `It is not known yet whether ${data.clusterTitle} has "${request.name}". It is cancelled as soon as it is found.`
      );
    }
    const scheduler = this.#clusters.schedulerOf(operation);
    const hasStopped = await scheduler.cancel(data.jobId, call);
    this.#clusters.hurry(operation);
    const status = (await scheduler.statuses([data.jobId], call)).get(data.jobId);
    if (status !== undefined) {
      await this.#follower.learn(this.#store.require(id), status, call);
    }
    this.#wake(id);
    if (!hasStopped) {
      throw problem(
        'cancel-not-confirmed',
        `The scheduler took the request, but job ${data.jobId} still runs. Look again in a minute.`
      );
    }
    return this.get(id);
  }

  remove(id: string): void {
    this.#store.remove(id);
  }

  async partitions(call: CallContext): Promise<Partition[]> {
    const all = await Promise.all(
      this.#clusters
        .all()
        .filter(({ features }) => features.partitions)
        .map(({ id }) => this.#clusters.partitions(id, call))
    );
    return all.flat();
  }

  /** Jobs run that end with this session: local ones. */
  isBusy(): boolean {
    return this.#store.unfinished().some(endsWithSession);
  }

  countUnfinished(): number {
    return this.#store.countUnfinished();
  }

  unfinishedIds(): readonly string[] {
    return this.#store.unfinished().map(({ id }) => id);
  }

  /** See `Reconcilable`. What a scheduler cannot answer now stays as it is, with a sentence, and is asked later. */
  async reconcile(id: string, signal: AbortSignal): Promise<number | null> {
    const call = this.#parts.call(signal);
    try {
      const nextMs = await this.#follower.look(id, call);
      this.#failures.delete(id);
      return nextMs;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProblemError)) {
        throw error;
      }
      const failures = (this.#failures.get(id) ?? 0) + 1;
      this.#failures.set(id, failures);
      this.#store.save(id, { problem: error.toProblem() });
      return Math.min(LONGEST_BACKOFF_MS, LOOK_MS * 2 ** Math.min(failures, 10));
    }
  }
}
