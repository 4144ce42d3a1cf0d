import { userInfo } from 'node:os';
import type { Accelerator, Partition } from '#contract';
import type { CallContext } from '../../core/call-context.ts';
import { personName } from '../../core/person.ts';
import { problem, ProblemError } from '../../core/problem.ts';
import type { CommandResult } from '../../core/run-command.ts';
import type { ClusterProfile } from '../../facility/profile.ts';
import { freeGpus } from '../../slurm/free-gpus.ts';
import {
  findInSubmitLines,
  isAccountingOff,
  parseSacct,
  sacctArgv,
  sacctSubmitLinesArgv
} from '../../slurm/sacct.ts';
import { associationsArgv, parseAssociations, standingOf } from '../../slurm/sacctmgr.ts';
import { parseSbatch, sbatchArgv } from '../../slurm/sbatch.ts';
import { isAlreadyGone, scancelArgv } from '../../slurm/scancel.ts';
import {
  accessArgv,
  configArgv,
  jobArgv,
  nodesArgv,
  parseAccess,
  parseConfig,
  parseJobGpus,
  parseNodes
} from '../../slurm/scontrol.ts';
import { parseSinfo, sinfoArgv } from '../../slurm/sinfo.ts';
import {
  isUnreachable,
  slurmCommands,
  slurmProblem,
  slurmSays,
  SUBMIT_SETTLES_MS,
  type SlurmCommands
} from '../../slurm/slurm.ts';
import { findInCommands, parseSqueue, squeueArgv, squeueCommandsArgv } from '../../slurm/squeue.ts';
import { isFinished } from '../state.ts';
import type { JobStatus, JobSubmission, KeyLookup, Scheduler, Standing } from '../port.ts';
import { schedulerFeatures } from './features.ts';

/** Exit codes of timeout(1): the limit was reached; the program does not exist. */
const EXIT_TIMED_OUT = 124;
const EXIT_KILLED = 137;
const EXIT_MISSING = 127;
/** Slurm ends a job kindly first; KillWait is 30 s by default. */
const CANCEL_MS = 45_000;
const CANCEL_PAUSE_MS = 500;

/** Slurm by its own commands, as the person who runs this process. */
export class SlurmCli implements Scheduler {
  readonly id: string;
  readonly title: string;
  readonly features = schedulerFeatures['slurm-cli'];
  readonly submitSettlesMs = SUBMIT_SETTLES_MS;
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

  async standing(call: CallContext): Promise<Standing> {
    const person = personName();
    if (person === null) {
      throw problem(
        'scheduler-error',
        `This machine has no name for you (uid ${process.getuid?.() ?? '?'}), so the cluster cannot know you either.`
      );
    }
    const config = parseConfig(await this.#read(configArgv(), 'say how it is set up', call));
    if (!config.hasRecords) {
      return standingOf(person, config, [], []);
    }
    const [records, access] = await Promise.all([
      this.#slurm.run(associationsArgv(person, config.clusterName), { signal: call.signal }),
      this.#read(accessArgv(), 'list its partitions', call)
    ]);
    if (records.exitCode !== 0) {
      throw problem(
        'scheduler-error',
        `Slurm's records (slurmdbd) do not say which accounts you have: ${slurmSays(records.stderr)}.`
      );
    }
    const associations = parseAssociations(records.stdout, person);
    return standingOf(person, config, associations, parseAccess(access));
  }

  async submit(job: JobSubmission, call: CallContext): Promise<{ jobId: string }> {
    const result = await this.#slurm.run(sbatchArgv(job), { signal: call.signal, isSubmit: true });
    const jobId = parseSbatch(result.stdout);
    if (result.exitCode === 0 && jobId !== null) {
      return { jobId };
    }
    if (result.exitCode === EXIT_TIMED_OUT || result.exitCode === EXIT_KILLED) {
      throw problem(
        'scheduler-slow',
        `Slurm did not answer in time whether it took "${job.name}". It is looked for before anything is submitted again.`
      );
    }
    if (result.exitCode === EXIT_MISSING) {
      throw problem('scheduler-missing', 'The program "sbatch" is not installed on this machine.', {
        extra: { program: 'sbatch' }
      });
    }
    if (isUnreachable(result.stderr)) {
      throw slurmProblem('take the job', result);
    }
    if (result.exitCode === 0) {
      // A site's wrapper may write more than the number: the job is there, and is found by its key.
      throw problem(
        'scheduler-error',
        `Slurm took "${job.name}" without saying its number. It is looked for.`
      );
    }
    throw problem('job-refused', `Slurm refused "${job.name}": ${slurmSays(result.stderr)}.`, {
      extra: { exitCode: result.exitCode }
    });
  }

  async findByKey(key: string, submittedAfter: string, call: CallContext): Promise<KeyLookup> {
    const queued = findInCommands(
      await this.#read(squeueCommandsArgv(), 'list your jobs', call),
      key
    );
    if (queued !== null) {
      return { found: 'job', jobId: queued };
    }
    // A minute of grace: the cluster's clock is another one.
    const since = new Date(Date.parse(submittedAfter) - 60_000).toISOString().slice(0, 19);
    const records = await this.#records(sacctSubmitLinesArgv(since), call);
    if (records === null) {
      return {
        found: 'unsure',
        why: 'Slurm keeps no records of ended jobs here, so it cannot be known whether the job ran already'
      };
    }
    if (records.exitCode !== 0) {
      throw slurmProblem('list your past jobs', records);
    }
    const recorded = findInSubmitLines(records.stdout, key);
    return recorded === null ? { found: 'none' } : { found: 'job', jobId: recorded };
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
    // squeue forgets ended jobs after some minutes (MinJobAge); the accounting remembers.
    const forgotten = jobIds.filter(id => !found.has(id));
    if (forgotten.length === 0) {
      return found;
    }
    const records = await this.#records(sacctArgv(forgotten, userInfo().uid), call);
    if (records === null) {
      return found;
    }
    if (records.exitCode !== 0) {
      throw slurmProblem('say how your jobs ended', records);
    }
    return new Map([...found, ...parseSacct(records.stdout)]);
  }

  async cancel(jobId: string, call: CallContext): Promise<boolean> {
    const result = await this.#slurm.run(scancelArgv(jobId), { signal: call.signal });
    if (result.exitCode !== 0 && !isAlreadyGone(result.stderr)) {
      throw slurmProblem(`cancel job ${jobId}`, result);
    }
    // The exit code alone says nothing: look until the job has ended.
    const end = call.clock.monotonic() + CANCEL_MS;
    for (;;) {
      const status = (await this.statuses([jobId], call)).get(jobId);
      if (status === undefined || isFinished(status.state)) {
        return true;
      }
      if (call.clock.monotonic() > end) {
        return status.state === 'completing';
      }
      await call.clock.sleep(CANCEL_PAUSE_MS, call.signal);
    }
  }

  async grant(jobId: string, call: CallContext): Promise<string | null> {
    return parseJobGpus(await this.#read(jobArgv(jobId), `describe job ${jobId}`, call));
  }

  /** What sacct(1) says; null where no records are kept, or where the command is not installed. */
  async #records(argv: readonly string[], call: CallContext): Promise<CommandResult | null> {
    try {
      const result = await this.#slurm.run(argv, { signal: call.signal });
      return isAccountingOff(result.stderr) ? null : result;
    } catch (error) {
      if (error instanceof ProblemError && error.slug === 'scheduler-missing') {
        return null;
      }
      throw error;
    }
  }

  async #read(argv: readonly string[], what: string, call: CallContext): Promise<string> {
    const result = await this.#slurm.run(argv, { signal: call.signal });
    if (result.exitCode !== 0) {
      throw slurmProblem(what, result);
    }
    return result.stdout;
  }
}
