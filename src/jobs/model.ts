import { Signal, type ISignal } from '@lumino/signaling';
import { LiveList } from '../companion/live-list.ts';
import { Resource } from '../companion/resource.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Job, PartitionList } from '../contract/jobs.ts';
import type { Problem } from '../contract/problem.ts';
import { DelayedCancel } from './delayed-cancel.ts';
import { JobClock } from './job-clock.ts';

/** Jobs of this person, cancelling them, and the partitions that a job can go to. */
export class JobsModel {
  readonly list: LiveList<'job'>;
  readonly partitions: Resource<PartitionList>;
  readonly cancelling: DelayedCancel;
  readonly #companion: ICompanion;
  readonly #problems = new Map<string, Problem>();
  readonly #changed = new Signal<this, void>(this);
  readonly #clock = new JobClock();

  constructor(companion: ICompanion) {
    this.#companion = companion;
    this.list = new LiveList(companion, 'jobs', 'job');
    this.partitions = new Resource<PartitionList>(companion, 'jobs/partitions', ['facility']);
    this.cancelling = new DelayedCancel(id => this.#cancel(id));
    this.list.changed.connect(() => {
      this.#clock.hear(this.list.items);
      this.#changed.emit();
    }, this);
    this.cancelling.changed.connect(() => this.#changed.emit(), this);
  }

  /** A job, a cancellation or a problem has changed. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** Why the last thing that was asked for a job did not work. */
  problemOf(id: string): Problem | null {
    return this.#problems.get(id) ?? null;
  }

  forgetProblem(id: string): void {
    if (this.#problems.delete(id)) {
      this.#changed.emit();
    }
  }

  /** Takes an ended job off the list; its files stay. */
  remove(id: string): Promise<void> {
    return this.#ask(id, async () => {
      await this.#companion.delete(`jobs/${encodeURIComponent(id)}`);
      this.list.remove(id);
    });
  }

  /** Seconds that a job has run by now, the same wherever it is shown. */
  elapsedSeconds(job: Job): number | null {
    return this.#clock.elapsedSeconds(job);
  }

  #cancel(id: string): Promise<void> {
    return this.#ask(id, async () => {
      const job = await this.#companion.post<Job | undefined>(
        `jobs/${encodeURIComponent(id)}/cancel`
      );
      if (job !== undefined) {
        this.list.put(job);
      }
    });
  }

  async #ask(id: string, request: () => Promise<void>): Promise<void> {
    this.#problems.delete(id);
    try {
      await request();
    } catch (error) {
      this.#problems.set(id, this.#companion.problemOf(error));
    }
    this.#changed.emit();
  }
}
