import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { inlineSecrets } from './inline-secrets.ts';
import { namedFileMistakes } from './named-files.ts';
import { ProfileLines } from './profile-lines.ts';
import {
  fieldOf,
  schemaMistakes,
  sentenceOf,
  type Mistake,
  type Path
} from './profile-mistakes.ts';
import { Profile, withoutSwitchedOff } from './profile.ts';

const MAX_PROFILE_BYTES = 1_000_000;
/** The id of a file that is written as people write YAML; found without parsing it. */
const ID_LINE = /^id:[ \t]+["']?([a-z0-9][a-z0-9-]{0,49})["']?[ \t]*(?:#.*)?$/m;

interface Parsed {
  readonly profile: Profile | null;
  readonly mistake: string | null;
}

/** A profile on disk. It is read at once, and parsed when somebody wants to know more than its id. */
export class ProfileFile {
  readonly file: string;
  readonly #text: string;
  readonly #unreadable: string | null;
  #parsed: Parsed | null = null;

  constructor(file: string) {
    this.file = file;
    let text = '';
    let unreadable: string | null = null;
    try {
      if (statSync(file).size > MAX_PROFILE_BYTES) {
        unreadable = 'The file is larger than 1 MB.';
      } else {
        text = readFileSync(file, 'utf8');
      }
    } catch (error) {
      unreadable = error instanceof Error ? error.message : 'unreadable';
    }
    this.#text = text;
    this.#unreadable = unreadable;
  }

  /** The id that the profile has, or that its file name suggests. */
  get id(): string {
    return (
      ID_LINE.exec(this.#text)?.[1] ??
      this.profile?.id ??
      path.basename(this.file).replace(/\.ya?ml$/, '')
    );
  }

  /** Null when it cannot be used. */
  get profile(): Profile | null {
    return this.#parse().profile;
  }

  /** Line, field and what is wrong; null when nothing is. */
  get mistake(): string | null {
    return this.#parse().mistake;
  }

  /** True when both have the same content at the same place. */
  equals(other: ProfileFile | null): boolean {
    return this.file === other?.file && this.#text === other.#text;
  }

  /** `FILE, line 12, stores[0].url`: where a person finds a key. */
  placeOf(key: Path): string {
    const line = new ProfileLines(this.#text).lineOf(key);
    return [this.file, ...(line === null ? [] : [`line ${line}`]), fieldOf(key)].join(', ');
  }

  #parse(): Parsed {
    this.#parsed ??= this.#look();
    return this.#parsed;
  }

  #look(): Parsed {
    if (this.#unreadable !== null) {
      return { profile: null, mistake: this.#unreadable };
    }
    const lines = new ProfileLines(this.#text);
    if (lines.mistake !== null) {
      return { profile: null, mistake: lines.mistake };
    }
    let value: unknown;
    try {
      value = lines.value();
    } catch (error) {
      // An alias that unfolds without end.
      return { profile: null, mistake: error instanceof Error ? error.message : 'not YAML' };
    }
    const refused = (mistakes: readonly Mistake[]): Parsed => ({
      profile: null,
      mistake: sentenceOf(mistakes, key => lines.lineOf(key))
    });
    const secrets = inlineSecrets(value);
    if (secrets.length > 0) {
      return refused(
        secrets.map(({ path: key, what }) => ({
          path: key,
          what: `${what} must not stand in a profile: put it into a file that only you can read, and name that`
        }))
      );
    }
    const { data, error } = Profile.safeParse(value);
    if (error !== undefined) {
      return refused(schemaMistakes(error));
    }
    const mistakes = namedFileMistakes(data, path.dirname(this.file));
    return mistakes.length > 0
      ? refused(mistakes)
      : { profile: withoutSwitchedOff(data), mistake: null };
  }
}
