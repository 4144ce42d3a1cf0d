import type { Accelerator, Partition } from '#contract';
import type { CallContext } from '../../core/call-context.ts';
import { problem } from '../../core/problem.ts';
import type { ClusterProfile } from '../../facility/profile.ts';
import { freeGpus } from '../../slurm/free-gpus.ts';
import {
  parseSacct,
  findInSubmitLines,
  sacctArgv,
  sacctSubmitLinesArgv
} from '../../slurm/sacct.ts';
import { parseSbatch, sbatchArgv } from '../../slurm/sbatch.ts';
import { isAlreadyGone, scancelArgv } from '../../slurm/scancel.ts';
import { jobTresArgv, nodesArgv, parseNodes } from '../../slurm/scontrol.ts';
import { parseSinfo, sinfoArgv } from '../../slurm/sinfo.ts';
import { slurmCommands, slurmProblem, slurmSays, type SlurmCommands } from '../../slurm/slurm.ts';
import { findInCommands, parseSqueue, squeueArgv, squeueCommandsArgv } from '../../slurm/squeue.ts';
import { gpusOfTres, gpuWords } from '../../slurm/tres.ts';
import type { JobStatus, JobSubmission, Scheduler } from '../port.ts';
import { schedulerFeatures } from './features.ts';

/** Slurm by its own commands, as the person who runs this process. */
export class SlurmCli implements Scheduler {
  readonly id: string;
  readonly title: string;
  readonly features = schedulerFeatures['slurm-cli'];
  readonly #slurm: SlurmCommands;

  constructor(profile: ClusterProfile, env: Readonly<Record<string, string | undefined>>) {
    this.id = profile.id;
    this.title = profile.title;
    this.#slurm = slurmCommands({ env, bin: profile.bin, slurmConf: profile.slurm_conf });
  }

  async partitions(call: CallContext): Promise<Partition[]> {
    return parseSinfo(await this.#read(sinfoArgv(), 'list its partitions', call), this.id);
  }

  async accelerators(call: CallContext): Promise<Accelerator[]> {
    const [partitions, nodes] = await Promise.all([
      this.partitions(call),
      this.#read(nodesArgv(), 'list its nodes', call)
    ]);
    return freeGpus(partitions, parseNodes(nodes));
  }

  async submit(job: JobSubmission, call: CallContext): Promise<{ jobId: string }> {
    const result = await this.#slurm.run(sbatchArgv(job), { signal: call.signal, isSubmit: true });
    const jobId = parseSbatch(result.stdout);
    if (result.exitCode === 0 && jobId !== null) {
      return { jobId };
    }
    if (/unable to contact|timed out|connection|zero bytes/i.test(result.stderr)) {
      throw slurmProblem('take the job', result);
    }
    throw problem(
      'job-refused',
      `Slurm refused "${job.name}": ${slurmSays(result.stderr).replace(/^Batch job submission failed: /, '')}.`,
      {
        extra: { exitCode: result.exitCode }
      }
    );
  }

  async findByKey(
    key: string,
    submittedAfter: string,
    call: CallContext
  ): Promise<{ jobId: string } | null> {
    const queued = findInCommands(
      await this.#read(squeueCommandsArgv(), 'list your jobs', call),
      key
    );
    if (queued !== null) {
      return { jobId: queued };
    }
    // A minute of grace: the cluster's clock is another one.
    const since = new Date(Date.parse(submittedAfter) - 60_000).toISOString().slice(0, 19);
    const recorded = findInSubmitLines(
      await this.#read(sacctSubmitLinesArgv(since), 'list your past jobs', call),
      key
    );
    return recorded === null ? null : { jobId: recorded };
  }

  async statuses(jobIds: readonly string[], call: CallContext): Promise<Map<string, JobStatus>> {
    if (jobIds.length === 0) {
      return new Map();
    }
    const queue = await this.#slurm.run(squeueArgv(jobIds), { signal: call.signal });
    if (queue.exitCode !== 0 && !isAlreadyGone(queue.stderr)) {
      throw slurmProblem('say how your jobs are', queue);
    }
    const found = parseSqueue(queue.stdout);
    for (const [id, status] of found) {
      if (status.state === 'running') {
        found.set(id, { ...status, gpusGranted: await this.#granted(id, call) });
      }
    }
    // squeue forgets ended jobs after some minutes, and never knows their exit code.
    const ended = jobIds.filter(id => {
      const state = found.get(id)?.state;
      return state === undefined || !['queued', 'running', 'completing'].includes(state);
    });
    if (ended.length > 0) {
      const records = parseSacct(
        await this.#read(sacctArgv(ended), 'say how your jobs ended', call)
      );
      for (const [id, status] of records) {
        found.set(id, status);
      }
    }
    return found;
  }

  async cancel(jobId: string, call: CallContext): Promise<boolean> {
    const result = await this.#slurm.run(scancelArgv(jobId), { signal: call.signal });
    if (result.exitCode !== 0 && !isAlreadyGone(result.stderr)) {
      throw slurmProblem(`cancel job ${jobId}`, result);
    }
    // The exit code alone says nothing: look.
    const status = (await this.statuses([jobId], call)).get(jobId);
    return status === undefined ? false : !['queued', 'running'].includes(status.state);
  }

  async #granted(jobId: string, call: CallContext): Promise<string | null> {
    const result = await this.#slurm.run(jobTresArgv(jobId), { signal: call.signal });
    return result.exitCode === 0 ? gpuWords(gpusOfTres(result.stdout.trim())) : null;
  }

  async #read(argv: readonly string[], what: string, call: CallContext): Promise<string> {
    const result = await this.#slurm.run(argv, { signal: call.signal });
    if (result.exitCode !== 0) {
      throw slurmProblem(what, result);
    }
    return result.stdout;
  }
}
