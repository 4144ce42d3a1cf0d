import type { JobRequest } from '#contract';
import type { ClusterProfile } from '../facility/profile.ts';
import type { JobImage } from './script.ts';

/** Slurm counts in powers of two; a person reads whole gigabytes. */
function memoryText(memoryMB: number): string {
  return memoryMB % 1024 === 0 ? `${memoryMB / 1024} GB` : `${memoryMB} MB`;
}

function timeText(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** "What this will do", in one sentence: clauses with commas between, so that each can be translated. */
export function summarise(
  request: JobRequest,
  profile: ClusterProfile,
  image: JobImage | null
): string {
  const { cpus, gpus, memoryMB, partition, timeMinutes } = request;
  const resources = [
    cpus === undefined ? null : `${cpus} CPU${cpus === 1 ? '' : 's'}`,
    memoryMB === undefined ? null : `${memoryText(memoryMB)} of memory`,
    gpus === undefined
      ? null
      : `${gpus.count} ${gpus.type ?? ''} GPU${gpus.count === 1 ? '' : 's'}`.replace('  ', ' '),
    timeMinutes === undefined ? null : `at most ${timeText(timeMinutes)}`
  ].filter(part => part !== null);
  return [
    `Runs "${request.name}" on ${profile.title}`,
    partition === undefined ? null : `partition ${partition}`,
    resources.length === 0 ? null : `with ${resources.join(', ')}`,
    image === null ? null : `in the image ${image.ref}`,
    `in the folder ${request.workdir}.`
  ]
    .filter(clause => clause !== null)
    .join(', ');
}
