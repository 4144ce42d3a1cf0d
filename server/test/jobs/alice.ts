import { randomUUID } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Job, JobLog, JobPreview, JobRequest, Problem } from '#contract';
import type { Cluster } from '../support/cluster.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { until } from '../support/until.ts';

/** What a form holds, of which a test only says what matters to it. */
export type Wish = Partial<Omit<JobRequest, 'binds'>> & {
  readonly binds?: readonly { readonly path: string; readonly write?: boolean }[];
};

export interface AliceOptions {
  /** More of the cluster's entry in the profile. */
  readonly cluster?: object;
  readonly repositories?: readonly object[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Alice's companion, run by her and not by root, with a profile that names the real cluster. */
export class Alice {
  readonly home: string;
  readonly #cluster: Cluster;
  readonly #options: AliceOptions;
  #companion: CompanionProcess | null = null;

  constructor(cluster: Cluster, name: string, options: AliceOptions = {}) {
    this.home = cluster.folder('alice', name);
    this.#cluster = cluster;
    this.#options = options;
    const profile = {
      id: 'test-facility',
      title: 'Test facility',
      repositories: options.repositories ?? [],
      clusters: [
        {
          id: 'real',
          title: 'Test cluster',
          kind: 'slurm-cli',
          slurm_conf: cluster.conf,
          ...options.cluster
        }
      ]
    };
    writeFileSync(path.join(this.home, 'profile.yaml'), JSON.stringify(profile));
  }

  get companion(): CompanionProcess {
    if (this.#companion === null) {
      throw new Error('start it first');
    }
    return this.#companion;
  }

  /** Starts a companion, or the next one on the same state. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const companion = new CompanionProcess(
      path.join(this.home, 'state'),
      {
        profilePaths: [path.join(this.home, 'profile.yaml')],
        defaultProfile: 'test-facility',
        lingerMs: 60_000
      },
      {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        LANG: 'C.UTF-8',
        HOME: this.home,
        USER: 'alice',
        ...this.#options.env,
        ...env
      },
      this.#cluster.as('alice')
    );
    this.#companion = companion;
    await companion.attach();
  }

  /** Ends it kindly, or at once with SIGKILL. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.companion.child.kill(signal);
    await this.companion.exited;
  }

  request(wish: Wish): object {
    return {
      name: 'test',
      script: '#!/bin/bash\necho hello\n',
      workdir: this.home,
      timeMinutes: 5,
      memoryMB: 100,
      ...wish
    };
  }

  /** Asks for a job; the answer is a job or a problem. */
  async post(
    wish: Wish,
    key: string = randomUUID()
  ): Promise<{ status: number; body: Job & Problem }> {
    return this.companion.ask<Job & Problem>('POST', '/v1/jobs', {
      body: this.request(wish),
      headers: { 'idempotency-key': key }
    });
  }

  /** Submits a job that must be taken. */
  async submit(wish: Wish): Promise<Job> {
    const { body, status } = await this.post(wish);
    if (status !== 202 || body.jobId === null) {
      throw new Error(`not taken: ${status} ${JSON.stringify(body)}`);
    }
    return body;
  }

  async job(id: string): Promise<Job> {
    return (await this.companion.ask<Job>('GET', `/v1/jobs/${id}`)).body;
  }

  /** Waits until the job is as wanted. */
  until(id: string, what: string, isSo: (job: Job) => boolean, timeoutMs = 60_000): Promise<Job> {
    return until(
      `job ${id}: ${what}`,
      async () => {
        const job = await this.job(id);
        return isSo(job) ? job : null;
      },
      timeoutMs
    );
  }

  async log(id: string, stream: 'out' | 'err' = 'out', offset = 0): Promise<JobLog> {
    const target = `/v1/jobs/${id}/log?stream=${stream}&offset=${offset}`;
    return (await this.companion.ask<JobLog>('GET', target)).body;
  }

  async preview(wish: Wish): Promise<JobPreview> {
    const body = this.request(wish);
    return (await this.companion.ask<JobPreview>('POST', '/v1/jobs/preview', { body })).body;
  }

  /** What Slurm itself says about all of alice's jobs, as `id|name|comment|state`. */
  queue(): string[] {
    const { stdout } = this.#cluster.run('alice', [
      'squeue',
      '--me',
      '--states=all',
      '--noheader',
      '--format=%F|%j|%k|%T'
    ]);
    return stdout.split('\n').filter(line => line !== '');
  }

  /** Puts an executable file where alice can run it. */
  program(folder: string, name: string, text: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
    return file;
  }
}
