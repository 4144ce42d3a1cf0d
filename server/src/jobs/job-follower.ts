import type { JobState } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { problem } from '../core/problem.ts';
import type { Clusters } from './clusters.ts';
import { grantDiffers, type JobOperation } from './describe.ts';
import type { HandOver } from './hand-over.ts';
import { isOwnFile, saysWithoutImage, whyNot } from './job-files.ts';
import type { JobStore } from './job-store.ts';
import type { JobStatus } from './port.ts';
import { isFinished, nextState } from './state.ts';

/** A scheduler that does not know a job this many times in a row has lost it. */
const MOST_UNKNOWN = 10;

/** Follows written-down jobs: what their scheduler says of them, and what was granted. */
export class JobFollower {
  readonly #clusters: Clusters;
  readonly #store: JobStore;
  readonly #handOver: HandOver;

  constructor(clusters: Clusters, store: JobStore, handOver: HandOver) {
    this.#clusters = clusters;
    this.#store = store;
    this.#handOver = handOver;
  }

  /** Looks at one job and moves it on. Gives the milliseconds until the next look; null when it has ended. */
  async look(id: string, call: CallContext): Promise<number | null> {
    const operation = this.#store.find(id);
    if (operation === null || operation.finished) {
      return null;
    }
    const { jobId } = operation.data;
    if (jobId === null) {
      const waitMs = await this.#handOver.run(id, call);
      return this.#store.require(id).finished ? null : waitMs;
    }
    const status = await this.#clusters.status(
      operation,
      jobId,
      () => this.#jobIdsOf(operation),
      call
    );
    if (status === null) {
      this.#lost(operation);
    } else {
      await this.learn(operation, status, call);
    }
    const now = this.#store.require(id);
    if (now.finished) {
      return null;
    }
    if (now.data.wantsCancel && status?.state !== 'completing') {
      await this.#clusters.schedulerOf(operation).cancel(jobId, call);
      this.#clusters.hurry(operation);
    }
    return this.#clusters.nextLookMs(operation);
  }

  /** Jobs of the same cluster of the same facility. */
  #jobIdsOf(job: JobOperation): string[] {
    return this.#store
      .unfinished()
      .filter(
        ({ data, facility }) => data.cluster === job.data.cluster && facility === job.facility
      )
      .flatMap(({ data }) => (data.jobId === null ? [] : [data.jobId]));
  }

  /** Takes over what the scheduler says, and compares what was granted with what was asked. */
  async learn(operation: JobOperation, status: JobStatus, call: CallContext): Promise<void> {
    const { data, id, request } = operation;
    const state = nextState(operation.state as JobState, status.state);
    const hasEnded = isFinished(state);
    let granted = status.gpusGranted ?? data.status?.gpusGranted ?? null;
    if (granted === null && request.gpus !== undefined && state === 'running') {
      granted = await this.#clusters.schedulerOf(operation).grant(status.jobId, call);
    }
    const trouble = grantDiffers(request, granted)
      ? problem(
          'grant-differs',
          `Job ${status.jobId} asked for ${request.gpus?.count ?? 0} GPU(s) and got ${granted ?? 'none'}. Cancel it, or tell the cluster's administrators.`
        ).toProblem()
      : null;
    const why = state === 'failed' && request.image !== undefined ? whyNot(data.folder) : null;
    this.#store.save(id, {
      state,
      problem: trouble,
      data: {
        timesUnknown: 0,
        status: { ...status, gpusGranted: granted, reason: why ?? status.reason },
        ranWithoutImage: data.ranWithoutImage || saysWithoutImage(data.folder),
        hasResult:
          hasEnded && request.result !== undefined && isOwnFile(request.workdir, request.result)
      }
    });
  }

  /** The scheduler does not know the job (any more). */
  #lost({ data, id, request }: JobOperation): void {
    const timesUnknown = data.timesUnknown + 1;
    const isGivenUp = timesUnknown >= MOST_UNKNOWN;
    this.#store.save(id, {
      data: { timesUnknown },
      ...(isGivenUp
        ? {
            state: 'interrupted' as const,
            problem: problem(
              'job-not-found',
              `The scheduler does not know job ${data.jobId ?? ''} ("${request.name}") any more, and keeps no records. Its log may say how it ended.`
            ).toProblem()
          }
        : {})
    });
  }
}
