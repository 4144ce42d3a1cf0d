import type { Config } from '../config/schema.ts';
import { bytesText } from '../core/bytes-text.ts';
import { problem } from '../core/problem.ts';
import type { Profile } from '../facility/profile.ts';
import { arePullsOffered } from '../facility/pulls-offered.ts';
import { whomToAsk } from '../facility/questions.ts';

/** How much pulls may take here: the strictest of what profiles and the machine say. Null is no limit. */
export interface Limits {
  readonly pulls: number;
  readonly streams: number;
  readonly rateBytes: number | null;
  readonly pullBytes: number | null;
  /** Places for pulls of all persons on this machine. */
  readonly nodePulls: number | null;
  /** Connections of all persons on this machine beside the one that each running pull has. */
  readonly nodeExtraStreams: number | null;
  readonly nodeWaitMs: number;
}

const PULLS = 2;
const STREAMS = 16;
const WAIT_MINUTES = 10;
/** With less for each connection, one that waits for its share would look like one that is stuck. */
const LEAST_STREAM_BYTES = 1_000_000;

/** Where a profile, or the configuration of the machine, says how much pulls may take. */
export type Rules = Pick<Profile['transfers'], 'limits'>;

/** Works out what holds for a person under all these rules: those of a profile and of the machine, as a rule. */
export function limitsOf(...rules: readonly Rules[]): Limits {
  const said = rules.map(({ limits }) => limits ?? {});
  const strictest = (...values: readonly (number | undefined)[]): number | null => {
    const known = values.filter(value => value !== undefined);
    return known.length === 0 ? null : Math.min(...known);
  };
  const rateBytes = strictest(...said.map(limits => limits.rate_bytes));
  const nodeStreams = strictest(...said.map(limits => limits.node?.streams));
  // Each running pull has one connection, so there are never more pulls than connections.
  const nodePulls = strictest(...said.map(limits => limits.node?.pulls), nodeStreams ?? undefined);
  return {
    pulls: strictest(...said.map(limits => limits.pulls)) ?? PULLS,
    streams: Math.min(
      strictest(...said.map(limits => limits.streams)) ?? STREAMS,
      rateBytes === null ? STREAMS : Math.max(1, Math.floor(rateBytes / LEAST_STREAM_BYTES))
    ),
    rateBytes,
    pullBytes: strictest(...said.map(limits => limits.pull_bytes)),
    nodePulls,
    nodeExtraStreams: nodeStreams === null || nodePulls === null ? null : nodeStreams - nodePulls,
    nodeWaitMs:
      (strictest(...said.map(limits => limits.node?.wait_minutes)) ?? WAIT_MINUTES) * 60_000
  };
}

/** The rule that a pull of this size breaks and whom to ask, as a sentence; null when it is allowed or not known. */
export function refusalOf(
  title: string,
  bytes: number | null,
  { pullBytes }: Pick<Limits, 'pullBytes'>,
  profile: Profile
): string | null {
  if (bytes === null || pullBytes === null || bytes <= pullBytes) {
    return null;
  }
  return `One pull may have at most ${bytesText(pullBytes)} here, and "${title}" has ${bytesText(bytes)}. Pull a part of it with a file pattern.${whomToAsk(profile, 'transfers')}`;
}

/** Throws `pull-too-large`. */
export function refuseTooLarge(
  title: string,
  bytes: number | null,
  limits: Pick<Limits, 'pullBytes'>,
  profile: Profile
): void {
  const refusal = refusalOf(title, bytes, limits, profile);
  if (refusal !== null) {
    throw problem('pull-too-large', refusal, {
      extra: { bytes, limitBytes: limits.pullBytes }
    });
  }
}

/** Throws `not-offered` where pulls are switched off. */
export function refuseWhenOff(profile: Profile, config: Pick<Config, 'transfers'>): void {
  if (!arePullsOffered(profile, config)) {
    throw problem(
      'not-offered',
      `Pulls are switched off at ${profile.title}.${whomToAsk(profile, 'transfers')}`
    );
  }
}
