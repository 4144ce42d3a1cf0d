import { gpusOfGres, gpuWords } from './tres.ts';

/** Fields that an administrator writes by hand; what follows them is not read. */
const freeText = / (?:Reason|Comment|Extra)=.*/;

/** A key of `scontrol --oneliner`: the first one counts. */
function field(line: string, key: string): string {
  return new RegExp(`(?:^| )${key}=(\\S*)`).exec(line)?.[1] ?? '';
}

/** What a node has and what of it is in use. */
export interface SlurmNode {
  readonly name: string;
  readonly partitions: readonly string[];
  /** IDLE, MIXED or ALLOCATED without any flag that keeps new jobs away. */
  readonly isHealthy: boolean;
  readonly cpus: number;
  readonly cpusUsed: number;
  readonly memoryMB: number;
  readonly memoryUsedMB: number;
  readonly gres: string;
  readonly gresUsed: string;
}

const unusable =
  /DOWN|DRAIN|FAIL|MAINT|RESERVED|NOT_RESPONDING|POWERED_DOWN|POWERING_DOWN|UNKNOWN|FUTURE|INVAL|NO_RESPOND|PLANNED|\*/;

/** All nodes, with GPUs in use (`--details`). */
export function nodesArgv(): string[] {
  return ['scontrol', '--oneliner', '--details', 'show', 'node'];
}

export function parseNodes(stdout: string): SlurmNode[] {
  return stdout
    .split('\n')
    .filter(line => line.startsWith('NodeName='))
    .map(whole => {
      const line = whole.replace(freeText, '');
      const state = field(line, 'State');
      return {
        name: field(line, 'NodeName'),
        partitions: field(line, 'Partitions')
          .split(',')
          .filter(name => name !== ''),
        isHealthy: /^(IDLE|MIXED|ALLOCATED)/.test(state) && !unusable.test(state),
        cpus: Number(field(line, 'CPUTot')) || 0,
        cpusUsed: Number(field(line, 'CPUAlloc')) || 0,
        memoryMB: Number(field(line, 'RealMemory')) || 0,
        memoryUsedMB: Number(field(line, 'AllocMem')) || 0,
        gres: field(line, 'Gres'),
        gresUsed: field(line, 'GresUsed')
      };
    });
}

/** What one job really holds, for clusters whose accounting does not count GPUs. */
export function jobArgv(jobId: string): string[] {
  return ['scontrol', '--details', 'show', 'job', jobId];
}

/** GPUs of `JOB_GRES=gpu:a40:2`; `none` when the job holds none, null when this Slurm does not say. */
export function parseJobGpus(stdout: string): string | null {
  const gres = /^ +JOB_GRES=(\S*)$/m.exec(stdout)?.[1];
  return gres === undefined ? null : (gpuWords(gpusOfGres(gres)) ?? 'none');
}

/** What of a cluster's settings decides whether a person's jobs are taken and remembered. */
export interface SlurmConfig {
  readonly clusterName: string;
  /** Records of jobs and accounts are kept (slurmdbd). */
  readonly hasRecords: boolean;
  /** A job of a person without an association is refused. */
  readonly needsAccount: boolean;
  /** How long an ended job stays in the controller's memory. */
  readonly minJobAgeSeconds: number | null;
}

export function configArgv(): string[] {
  return ['scontrol', 'show', 'config'];
}

/** Each of these enforces associations too (slurm.conf(5), AccountingStorageEnforce). */
const enforcing = /^(all|associations|limits|safe|qos|wckeys)$/i;

export function parseConfig(stdout: string): SlurmConfig {
  const setting = (name: string): string =>
    new RegExp(`^${name} += (.*)$`, 'mi').exec(stdout)?.[1]?.trim() ?? '';
  const seconds = /^(\d+)/.exec(setting('MinJobAge'))?.[1];
  return {
    clusterName: setting('ClusterName'),
    hasRecords: /slurmdbd/.test(setting('AccountingStorageType')),
    needsAccount: setting('AccountingStorageEnforce')
      .split(',')
      .some(word => enforcing.test(word)),
    minJobAgeSeconds: seconds === undefined ? null : Number(seconds)
  };
}

/** Which accounts a partition takes. */
export interface SlurmAccess {
  readonly name: string;
  readonly isUp: boolean;
  /** Null: all that are not denied. */
  readonly allowed: readonly string[] | null;
  readonly denied: readonly string[];
}

export function accessArgv(): string[] {
  return ['scontrol', '--oneliner', 'show', 'partition'];
}

export function parseAccess(stdout: string): SlurmAccess[] {
  const names = (text: string): string[] => text.split(',').filter(name => name !== '');
  return stdout
    .split('\n')
    .filter(line => line.startsWith('PartitionName='))
    .map(line => {
      const allowed = field(line, 'AllowAccounts');
      return {
        name: field(line, 'PartitionName'),
        isUp: field(line, 'State') === 'UP',
        allowed: allowed === '' || allowed === 'ALL' ? null : names(allowed),
        denied: names(field(line, 'DenyAccounts'))
      };
    });
}
