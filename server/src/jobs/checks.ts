import type { CallContext } from '../core/call-context.ts';
import { ProblemError } from '../core/problem.ts';
import { notChecked, ok, type Check, type Finding } from '../doctor/port.ts';
import type { ClusterProfile, Profile } from '../facility/profile.ts';
import type { Clusters } from './clusters.ts';
import type { Scheduler, Standing } from './port.ts';

async function lookAtCluster(scheduler: Scheduler, call: CallContext): Promise<Finding> {
  const partitions = await scheduler.partitions(call);
  const open = partitions.filter(({ isUp }) => isUp);
  return open.length > 0
    ? ok(`It answers; partitions: ${open.map(({ name }) => name).join(', ')}.`)
    : {
        state: 'warning',
        text: 'It answers, and none of its partitions takes jobs now.',
        cure: 'Ask its administrators.'
      };
}

/** What a person's standing means for their jobs. Whole sentences, because they are translated where they are shown. */
export function judgeStanding(title: string, standing: Standing): Finding {
  const { closedPartitions, hasRecords, needsAccount, person } = standing;
  if (!hasRecords) {
    const minutes = Math.max(1, Math.round((standing.forgetsAfterSeconds ?? 0) / 60));
    return {
      state: 'warning',
      text:
        standing.forgetsAfterSeconds === null
          ? `${title} keeps no accounts: no job is refused for want of one, and jobs are forgotten soon after their end.`
          : `${title} keeps no accounts: no job is refused for want of one, and jobs are forgotten ${minutes} min after their end.`,
      cure: 'Look at a job soon after it has ended, or ask the administrators for records (slurmdbd).'
    };
  }
  const accounts = standing.accounts.join(', ');
  if (accounts === '') {
    return needsAccount
      ? {
          state: 'failed',
          text: `"${person}" has no account on ${title}: Slurm would refuse every job.`,
          cure: `Ask the administrators of ${title} to add you (sacctmgr add user ${person} account=…).`
        }
      : {
          state: 'warning',
          text: `"${person}" has no account on ${title}: jobs run all the same, with no share of their own.`,
          cure: `Ask the administrators of ${title} whether you should have one.`
        };
  }
  return closedPartitions.length === 0
    ? ok(`Accounts of "${person}": ${accounts}.`)
    : {
        state: 'warning',
        text: `Accounts of "${person}": ${accounts}. These partitions take jobs from none of them: ${closedPartitions.join(', ')}.`,
        cure: `Choose another partition for your jobs, or ask the administrators of ${title}.`
      };
}

/** Below the limit of a check: records that are silent are not broken accounts. */
const RECORDS_MS = 6000;

/** Whether a scheduler takes the person's jobs; what it does not say is not known. */
export async function lookAtAccounts(
  scheduler: Pick<Scheduler, 'standing' | 'title'>,
  call: CallContext,
  limitMs = RECORDS_MS
): Promise<Finding> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const signal = AbortSignal.any([call.signal, limit]);
    const standing = await scheduler.standing({ ...call, signal });
    return standing === null
      ? ok('Nobody needs an account here.')
      : judgeStanding(scheduler.title, standing);
  } catch (error) {
    call.signal.throwIfAborted();
    if (error instanceof ProblemError) {
      return notChecked(error.message);
    }
    if (limit.aborted) {
      return notChecked('the cluster does not say in time which accounts you have.');
    }
    throw error;
  }
}

/** Which key of the profile decides about a failure: the file or folder that it names, else the whole entry. */
function keyOf(
  profile: ClusterProfile,
  slug: string | null,
  extra: ProblemError['extra']
): readonly string[] {
  if (slug === 'scheduler-missing') {
    // A SLURM_CONF of the session comes before the profile's.
    return extra?.['file'] !== undefined
      ? extra['file'] === profile.slurm_conf
        ? ['slurm_conf']
        : []
      : ['bin'];
  }
  return profile.slurm_conf === undefined ? [] : ['slurm_conf'];
}

/** Whether each cluster answers the person's own commands, and whether it takes their jobs. */
export function clusterChecks(
  clusters: Pick<Clusters, 'scheduler'>,
  facility: Pick<Profile, 'clusters'> | null
): Check[] {
  return (facility?.clusters ?? []).flatMap((profile, index) => {
    const scheduler = clusters.scheduler(profile.id);
    const { features, id, title } = scheduler;
    if (!features.partitions) {
      const run = (): Promise<Finding> =>
        Promise.resolve(ok('Jobs run as processes of this machine.'));
      return [{ id: `jobs.${id}`, title, run }];
    }
    const fieldOf: Check['fieldOf'] = (slug, extra) => [
      'clusters',
      index,
      ...keyOf(profile, slug, extra)
    ];
    return [
      { id: `jobs.${id}`, title, fieldOf, run: call => lookAtCluster(scheduler, call) },
      {
        id: `jobs.${id}.accounts`,
        title: `${title}: accounts`,
        run: call => lookAtAccounts(scheduler, call)
      }
    ];
  });
}
