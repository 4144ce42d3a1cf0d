import { commandLine, shell, type CopyAs } from './command.ts';

/** `field:|` is sinfo's "no width, this suffix" (sinfo(1), --Format): nothing is cut. */
const FIELDS = ['Partition', 'NodeList', 'StateLong', 'Gres', 'GresUsed'];

/** How to ask which GPUs are free. */
export function gpuCommands(hasScheduler: boolean): readonly CopyAs[] {
  return [
    shell('jupyter panosc', commandLine('gpus')),
    ...(hasScheduler
      ? [shell('sinfo', `sinfo --Node --Format='${FIELDS.map(field => `${field}:|`).join(',')}'\n`)]
      : [])
  ];
}
