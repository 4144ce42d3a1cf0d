import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Facility, FacilityAddresses } from '#contract';
import type { Config } from '../config/schema.ts';
import { expandHome } from '../core/paths.ts';
import { problem } from '../core/problem.ts';
import type { EventLog } from '../store/event-log.ts';
import type { SettingsStore } from '../store/settings-store.ts';
import { schedulerFeatures } from '../jobs/adapters/features.ts';
import { arePullsOffered } from './pulls-offered.ts';
import { ProfileFile } from './profile-file.ts';
import type { Path } from './profile-mistakes.ts';
import type { Profile } from './profile.ts';

/** What domains see of the facility: the active profile and when it changes. */
export interface ActiveProfile {
  /** Throws `no-profile`, or `bad-profile` with the exact mistake. */
  profile(): Profile;
  /** The active profile; null when none is chosen or it cannot be used. */
  current(): Profile | null;
  /** Profile files that cannot be used, each with its mistake. */
  mistakes(): readonly { readonly file: string; readonly mistake: string }[];
  /** The active profile for what was started with this one (null: any). Throws `other-facility` too. */
  profileFor(facility: string | null): Profile;
  /** Absolute path for a file that the profile names relative to itself. */
  resolveFile(name: string): string;
  /** `FILE, line 12, stores[0].url`: where a person finds a key of the active profile. */
  placeOf(key: Path): string;
  onChange(listener: () => void): void;
}

const ACTIVE = 'facility.active';
/** A file that was given on the command line; it comes before the configured places. */
const GIVEN_FILE = 'facility.file';

function filesOf(place: string): string[] {
  try {
    if (statSync(place).isFile()) {
      return [place];
    }
    return readdirSync(place)
      .filter(name => /\.ya?ml$/.test(name))
      .sort()
      .map(name => path.join(place, name));
  } catch {
    return [];
  }
}

/** Throws `bad-profile` with the exact mistake. */
function usable({ file, mistake, profile }: ProfileFile): Profile {
  if (profile === null) {
    throw problem('bad-profile', `The profile ${file} cannot be used: ${mistake ?? ''}`);
  }
  return profile;
}

/** Finds the profiles, remembers which one is active, tells the others when that changes. */
export class FacilityService implements ActiveProfile {
  readonly #config: Config;
  readonly #home: string;
  readonly #settings: SettingsStore;
  readonly #events: EventLog;
  readonly #listeners: (() => void)[] = [];
  #profiles: readonly ProfileFile[];

  constructor(config: Config, home: string, settings: SettingsStore, events: EventLog) {
    this.#config = config;
    this.#home = home;
    this.#settings = settings;
    this.#events = events;
    this.#profiles = this.#readAll();
  }

  profile(): Profile {
    const active = this.#active();
    if (active === null) {
      throw problem('no-profile', 'Choose your facility first.');
    }
    return usable(active);
  }

  current(): Profile | null {
    return this.#active()?.profile ?? null;
  }

  mistakes(): readonly { readonly file: string; readonly mistake: string }[] {
    return this.#profiles.flatMap(({ file, mistake }) =>
      mistake === null ? [] : [{ file, mistake }]
    );
  }

  profileFor(facility: string | null): Profile {
    const active = this.profile();
    if (facility !== null && facility !== active.id) {
      const title = this.#profiles.find(({ id }) => id === facility)?.profile?.title ?? facility;
      throw problem(
        'other-facility',
        `This belongs to ${title}, and ${active.title} is chosen now. Choose ${title} again: it goes on by itself.`
      );
    }
    return active;
  }

  resolveFile(name: string): string {
    return path.resolve(path.dirname(this.#active()?.file ?? '/'), name);
  }

  placeOf(key: Path): string {
    return this.#active()?.placeOf(key) ?? '';
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Adds a profile file and makes it active; the same as `choose` when it is listed already. */
  chooseFile(file: string): void {
    const read = new ProfileFile(file);
    usable(read);
    this.#settings.set(GIVEN_FILE, file);
    this.choose(read.id);
  }

  /** Makes a profile active and remembers it. Throws `not-found` or `bad-profile`. */
  choose(id: string): void {
    const before = this.#active();
    const profiles = this.#readAll();
    const wanted = profiles.find(read => read.id === id);
    if (wanted === undefined) {
      throw problem('not-found', `There is no facility profile "${id}".`);
    }
    usable(wanted);
    this.#profiles = profiles;
    this.#settings.set(ACTIVE, id);
    if (before?.profile != null && wanted.equals(before)) {
      return;
    }
    for (const listener of this.#listeners) {
      listener();
    }
    this.#events.append('facility', { id });
  }

  describe(): Facility {
    const active = this.#active();
    const profiles = this.#profiles.map(read => ({
      id: read.id,
      title: read.profile?.title ?? read.id,
      demo: read.profile?.demo ?? false,
      isOpen: read.profile?.providers.length === 0,
      mistake: read.mistake
    }));
    profiles.sort((a, b) => Number(b.demo) - Number(a.demo) || a.title.localeCompare(b.title));
    if (active?.profile == null) {
      return { profiles, home: this.#home, active: null };
    }
    const { profile } = active;
    return {
      profiles,
      home: this.#home,
      active: {
        id: profile.id,
        title: profile.title,
        demo: profile.demo,
        help: profile.help,
        domains: profile.domains,
        providers: profile.providers.map(({ id, title }) => ({ id, title })),
        catalogues: profile.catalogues.map(({ id, title }) => ({ id, title })),
        repositories: profile.repositories.map(({ fqrn, title }) => ({ fqrn, title })),
        clusters: profile.clusters.map(({ id, title, kind }) => ({
          id,
          title,
          features: schedulerFeatures[kind]
        })),
        defaultTarget: expandHome(profile.transfers.default_target, this.#home),
        features: { pulls: arePullsOffered(profile, this.#config) }
      }
    };
  }

  /** Throws as `profile` does. */
  addresses(): FacilityAddresses {
    const { catalogues, providers } = this.profile();
    return {
      providers: providers.map(({ ca_file: caFile, device, id, issuer, scopes, title }) => ({
        id,
        title,
        issuer,
        clientId: device.client_id,
        hasSecret: device.secret_file !== undefined,
        scopes,
        caFile: caFile === undefined ? null : this.resolveFile(caFile)
      })),
      catalogues: catalogues.map(({ api, id, title }) => ({ id, title, api }))
    };
  }

  #active(): ProfileFile | null {
    const id = this.#settings.get(ACTIVE) ?? this.#config.defaultProfile;
    return this.#profiles.find(read => read.id === id) ?? null;
  }

  #readAll(): ProfileFile[] {
    const seen = new Set<string>();
    const given = this.#settings.get(GIVEN_FILE);
    return [...(given === null ? [] : [given]), ...this.#config.profilePaths]
      .flatMap(filesOf)
      .map(file => new ProfileFile(file))
      .filter(read => {
        const isFirst = !seen.has(read.id);
        seen.add(read.id);
        return isFirst;
      });
  }
}
