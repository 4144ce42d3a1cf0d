import type { Standing } from '../jobs/port.ts';
import { cleanText } from '../core/clean-text.ts';
import type { SlurmAccess, SlurmConfig } from './scontrol.ts';
import { splitFields } from './squeue.ts';

/** One association of a person: an account, in all partitions or in one. */
export interface Association {
  readonly account: string;
  /** Null: in every partition. */
  readonly partition: string | null;
}

/** Associations of one person on one cluster; the records may hold those of others too. Changes nothing. */
export function associationsArgv(person: string, clusterName: string): string[] {
  return [
    'sacctmgr',
    '--readonly',
    '--noheader',
    '--parsable2',
    'show',
    'associations',
    `user=${person}`,
    `cluster=${clusterName}`,
    'format=User,Account,Partition'
  ];
}

/** Rows of `associationsArgv`; a line that is not one is left out. */
export function parseAssociations(stdout: string, person: string): Association[] {
  return stdout.split('\n').flatMap(line => {
    const [user = '', account = '', partition = ''] = splitFields(line, 3) ?? [];
    return user === person && account !== ''
      ? [
          {
            account: cleanText(account, 100),
            partition: partition === '' ? null : cleanText(partition, 100)
          }
        ]
      : [];
  });
}

/** What the cluster's settings and the associations mean for the person. */
export function standingOf(
  person: string,
  config: SlurmConfig,
  associations: readonly Association[],
  partitions: readonly SlurmAccess[]
): Standing {
  const mayUse = (access: SlurmAccess): boolean =>
    associations.some(
      ({ account, partition }) =>
        (partition === null || partition === access.name) &&
        (access.allowed === null || access.allowed.includes(account)) &&
        !access.denied.includes(account)
    );
  return {
    person,
    hasRecords: config.hasRecords,
    needsAccount: config.needsAccount,
    forgetsAfterSeconds: config.minJobAgeSeconds,
    accounts: [...new Set(associations.map(({ account }) => account))],
    closedPartitions: partitions
      .filter(access => access.isUp && !mayUse(access))
      .map(({ name }) => name)
  };
}
