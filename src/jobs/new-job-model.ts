import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';
import { isAbort } from '../companion/problem-error.ts';
import { Submission } from '../companion/submission.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { Job, JobDetail, JobRequest } from '../contract/jobs.ts';
import type { Problem } from '../contract/problem.ts';
import { fill, type IFilling } from './fill-form.ts';
import {
  emptyForm,
  formOf,
  readForm,
  type Finding,
  type IJobForm,
  type IReadForm
} from './job-form.ts';
import { PreviewModel } from './job-preview.ts';

/** What one tab *New job* knows: the form, its preview, and the job that came of it. */
export class NewJobModel {
  readonly preview: PreviewModel;
  readonly #companion: ICompanion;
  readonly #trans: TranslationBundle;
  readonly #submission: Submission<JobRequest, Job>;
  readonly #changed = new Signal<this, void>(this);
  readonly #giveUp = new AbortController();
  #form: IJobForm;
  #read: IReadForm;
  #isTouched: boolean;
  #hasTried = false;
  #isSubmitting = false;
  #submitted: Job | null = null;
  #problem: Problem | null = null;
  #loadProblem: Problem | null = null;

  /** `isTouched`: the form is a draft of before that a person had changed. */
  constructor(
    companion: ICompanion,
    trans: TranslationBundle,
    prefill: Partial<IJobForm>,
    isTouched = false
  ) {
    this.#companion = companion;
    this.#trans = trans;
    this.#submission = new Submission(companion, 'jobs');
    this.preview = new PreviewModel(companion);
    this.#isTouched = isTouched;
    this.#form = { ...emptyForm, ...prefill };
    this.#read = readForm(this.#form, trans);
    this.preview.changed.connect(() => this.#changed.emit(), this);
    this.preview.ask(this.#read.request);
  }

  get form(): IJobForm {
    return this.#form;
  }

  /** A person has put something in that would be lost with the form. */
  get isTouched(): boolean {
    return this.#isTouched;
  }

  /** What the form asks for; null while it cannot be read. */
  get request(): JobRequest | null {
    return this.#read.request;
  }

  get isSubmitting(): boolean {
    return this.#isSubmitting;
  }

  /** The job that this form has become; null again as soon as the form changes. */
  get submitted(): Job | null {
    return this.#submitted;
  }

  /** Why submitting did not work. */
  get problem(): Problem | null {
    return this.#problem;
  }

  /** Why the job that this form starts from could not be read. */
  get loadProblem(): Problem | null {
    return this.#loadProblem;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** What is wrong: of the form, then of the companion. Empty fields are blamed only after *Submit*. */
  get findings(): readonly Finding[] {
    const own = this.#read.findings.filter(({ field }) => this.#hasTried || this.#isFilled(field));
    const theirs = this.#read.request === null ? [] : (this.preview.value?.findings ?? []);
    return [...own, ...theirs];
  }

  /** A person changes it. */
  update(patch: Partial<IJobForm>): void {
    this.#isTouched = true;
    this.#take(patch);
  }

  /** Another part of the panel puts an image or data into it. */
  fill(filling: IFilling): void {
    this.update(fill(this.#form, filling, this.#trans));
  }

  /** Starts from what another job asked for. */
  async startFrom(jobId: string): Promise<void> {
    try {
      const detail = await this.#companion.get<JobDetail>(
        `jobs/${encodeURIComponent(jobId)}`,
        {},
        this.#giveUp.signal
      );
      this.#loadProblem = null;
      this.#take(formOf(detail.request));
    } catch (error) {
      if (!isAbort(error)) {
        this.#loadProblem = this.#companion.problemOf(error);
        this.#changed.emit();
      }
    }
  }

  /** The job, or null when it did not work: see `findings` and `problem`. */
  async submit(): Promise<Job | null> {
    this.#hasTried = true;
    const { request } = this.#read;
    if (request === null || this.#isSubmitting || this.#submitted !== null) {
      this.#changed.emit();
      return null;
    }
    this.#isSubmitting = true;
    this.#problem = null;
    this.#changed.emit();
    try {
      this.#companion.events.start();
      const job = await this.#submission.submit(request);
      // What was typed while the answer was on its way is another job.
      this.#submitted = this.#read.request === request ? job : null;
      return job;
    } catch (error) {
      this.#problem = this.#companion.problemOf(error);
      return null;
    } finally {
      this.#isSubmitting = false;
      this.#changed.emit();
    }
  }

  /** The same form may become one more job. */
  again(): void {
    this.#submitted = null;
    this.#changed.emit();
  }

  dispose(): void {
    this.#giveUp.abort();
    this.preview.dispose();
    Signal.clearData(this);
  }

  #take(patch: Partial<IJobForm>): void {
    this.#form = { ...this.#form, ...patch };
    this.#read = readForm(this.#form, this.#trans);
    this.#submitted = null;
    this.#problem = null;
    this.preview.ask(this.#read.request);
    this.#changed.emit();
  }

  #isFilled(field: string): boolean {
    return !['script', 'name', 'workdir'].includes(field);
  }
}
