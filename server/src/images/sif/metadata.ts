import { cleanLines } from '../../core/clean-text.ts';
import { cleanLabels, member, parseJson } from '../labels.ts';
import type { SifDescriptor } from './descriptor.ts';
import type { SifSource } from './source.ts';

/** What a SIF says about itself. Untrusted text, cleaned for showing. */
export interface SifMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly definition: string | null;
  readonly help: string | null;
  /** Shell text that sets the environment, file by file. */
  readonly environment: string | null;
  /** Why something is missing; null when nothing is. */
  readonly note: string | null;
}

/** Name of the object that Apptainer and Singularity ≥ 3.5 write. */
const INSPECT_NAME = 'inspect-metadata.json';
const MAX_OBJECT_BYTES = 4 * 1024 * 1024;
const MAX_TEXT_CHARS = 200_000;

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? cleanLines(value, MAX_TEXT_CHARS) : null;

class MetadataReader {
  readonly #source: SifSource;
  readonly #notes: string[] = [];

  constructor(source: SifSource) {
    this.#source = source;
  }

  get note(): string | null {
    return this.#notes[0] ?? null;
  }

  async #object(what: string, descriptor: SifDescriptor | undefined): Promise<Uint8Array | null> {
    if (descriptor === undefined) {
      return null;
    }
    if (descriptor.sizeBytes > MAX_OBJECT_BYTES) {
      this.#notes.push(`The ${what} of this image is larger than 4 MB and was not read.`);
      return null;
    }
    const bytes = await this.#source.readAt(descriptor.offset, descriptor.sizeBytes);
    if (bytes.byteLength < descriptor.sizeBytes) {
      this.#notes.push(`The ${what} of this image lies too far inside the file to be previewed.`);
      return null;
    }
    return bytes;
  }

  async text(what: string, descriptor: SifDescriptor | undefined): Promise<string | null> {
    const bytes = await this.#object(what, descriptor);
    return bytes === null ? null : text(new TextDecoder('utf-8').decode(bytes));
  }

  async json(what: string, descriptor: SifDescriptor | undefined): Promise<unknown> {
    const bytes = await this.#object(what, descriptor);
    if (bytes === null) {
      return undefined;
    }
    const value = parseJson(bytes);
    if (value === undefined) {
      this.#notes.push(`The ${what} of this image is damaged: it is not JSON.`);
    }
    return value;
  }
}

function environmentOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const files = Object.entries(value)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([file, content]) => `# ${file}\n${content.trimEnd()}\n`);
  return text(files.join('\n'));
}

/** Reads labels, definition file, help and environment from the objects that hold them. */
export async function readMetadata(
  source: SifSource,
  descriptors: readonly SifDescriptor[]
): Promise<SifMetadata> {
  const reader = new MetadataReader(source);
  const first = (type: SifDescriptor['type']): SifDescriptor | undefined =>
    descriptors.find(descriptor => descriptor.type === type);
  const inspect = descriptors.find(
    descriptor => descriptor.type === 'json' && descriptor.name === INSPECT_NAME
  );
  const document = await reader.json('metadata', inspect);
  const attributes = member(member(document, 'data'), 'attributes');
  const ownLabels = await reader.json('label list', first('labels'));
  const definition =
    (await reader.text('definition file', first('deffile'))) ?? text(member(attributes, 'deffile'));
  const environment =
    environmentOf(member(attributes, 'environment')) ??
    (await reader.text('environment', first('environment')));
  const labels = { ...cleanLabels(ownLabels), ...cleanLabels(member(attributes, 'labels')) };
  const hasNothing = inspect === undefined && first('labels') === undefined;
  return {
    labels,
    definition,
    help: text(member(attributes, 'helpfile')),
    environment,
    note:
      reader.note ??
      (hasNothing
        ? 'This image carries no metadata; Singularity before 3.5 did not write any.'
        : null)
  };
}
