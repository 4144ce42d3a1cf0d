import type { JobRequest, Partition } from '#contract';
import type { CallContext } from '../core/call-context.ts';
import { personName } from '../core/person.ts';
import { toProblem } from '../core/problem.ts';
import type { ClusterProfile, Profile } from '../facility/profile.ts';
import type { Parts } from '../parts.ts';
import { checkRequest, dataRoots } from './check-request.ts';
import type { Finding } from './finding.ts';
import type { Clusters } from './clusters.ts';
import type { JobImage } from './script.ts';

/** How the jobs domain finds an image. */
export interface ImageResolver {
  resolve(
    ref: string,
    call: CallContext
  ): Promise<JobImage & { readonly signatures: number | null }>;
}

/** What a request means here: its cluster, its image, and what is wrong with it. */
export interface CheckedRequest {
  readonly profile: ClusterProfile;
  readonly image: JobImage | null;
  readonly findings: readonly Finding[];
}

/** Checks a request against the rules, the images and what the partition has. */
export class RequestChecker {
  readonly #parts: Parts;
  readonly #clusters: Clusters;
  readonly #images: ImageResolver;

  constructor(parts: Parts, clusters: Clusters, images: ImageResolver) {
    this.#parts = parts;
    this.#clusters = clusters;
    this.#images = images;
  }

  async check(request: JobRequest, call: CallContext): Promise<CheckedRequest> {
    const profile = this.#clusters.profile(request.cluster);
    const { home } = this.#parts.surroundings;
    const roots = dataRoots(profile, home, personName() ?? '');
    const findings = checkRequest(request, profile, roots);
    let image: JobImage | null = null;
    if (request.image !== undefined) {
      try {
        const found = await this.#images.resolve(request.image, call);
        image = found;
        findings.push(...signatureFindings(found, this.#parts.facility.profile().trust));
      } catch (error) {
        call.signal.throwIfAborted();
        findings.push({ field: 'image', severity: 'error', text: toProblem(error).detail });
      }
    }
    return {
      profile,
      image,
      findings: [...findings, ...(await this.#limits(request, profile, call))]
    };
  }

  /** Compares with what the partition has; a cluster that does not answer gives no finding. */
  async #limits(
    request: JobRequest,
    profile: ClusterProfile,
    call: CallContext
  ): Promise<Finding[]> {
    if (!this.#clusters.scheduler(profile.id).features.partitions) {
      return [];
    }
    const partitions = await this.#clusters.partitions(profile.id, call).catch(() => []);
    const partition = partitions.find(({ isDefault, name }) =>
      request.partition === undefined ? isDefault : name === request.partition
    );
    if (partition !== undefined) {
      return limitFindings(request, partition);
    }
    return request.partition !== undefined && partitions.length > 0
      ? [
          {
            field: 'partition',
            severity: 'error',
            text: `There is no partition "${request.partition}" on ${profile.title}.`
          }
        ]
      : [];
  }
}

/** What the facility asks of images beyond a verified repository. A sandbox, which can carry no signature, has none. */
function signatureFindings(
  { signatures }: { readonly signatures: number | null },
  { unsigned_images: rule }: Profile['trust']
): Finding[] {
  if (rule === 'allow' || (signatures ?? 0) > 0) {
    return [];
  }
  return [
    rule === 'refuse'
      ? {
          field: 'image',
          severity: 'error',
          text: 'This image carries no signature, and this facility runs signed images only. Choose another one.'
        }
      : {
          field: 'image',
          severity: 'warning',
          text: 'This image carries no signature: its repository is verified, and who built it is not said.'
        }
  ];
}

function limitFindings(request: JobRequest, partition: Partition): Finding[] {
  const { isUp, maxCpusPerNode, maxMemoryMB, maxMinutes, name } = partition;
  const isAbove = (asked: number | undefined, most: number | null): boolean =>
    asked !== undefined && most !== null && asked > most;
  const findings: Finding[] = [];
  if (!isUp) {
    findings.push({
      field: 'partition',
      severity: 'warning',
      text: `The partition ${name} is down: the job will wait.`
    });
  }
  if (isAbove(request.timeMinutes, maxMinutes)) {
    findings.push({
      field: 'timeMinutes',
      severity: 'error',
      text: `${name} allows at most ${maxMinutes ?? 0} min; a job that asks for more waits for ever.`
    });
  }
  if (isAbove(request.cpus, maxCpusPerNode)) {
    findings.push({
      field: 'cpus',
      severity: 'error',
      text: `No node of ${name} has more than ${maxCpusPerNode ?? 0} CPUs.`
    });
  }
  if (isAbove(request.memoryMB, maxMemoryMB)) {
    findings.push({
      field: 'memoryMB',
      severity: 'error',
      text: `No node of ${name} has more than ${maxMemoryMB ?? 0} MB.`
    });
  }
  return findings;
}
