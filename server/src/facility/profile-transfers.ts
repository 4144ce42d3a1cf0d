import * as z from 'zod';
import { key } from './profile-entries.ts';

const count = (most: number) => z.number().int().min(1).max(most).optional();

/**
 * How much pulls may take. A profile says it, and the configuration of the machine may say it too: the stricter
 * one holds (`limits.ts` in the transfers domain). What nobody says has the value that the sentence names.
 */
const TransferLimits = z.strictObject({
  pulls: key(
    count(16),
    'Pulls of one person that run at once; the others wait in their order. 2 when nobody says it.',
    2
  ),
  streams: key(
    count(64),
    'Connections of one person to stores, over all running pulls. 16 when nobody says it.',
    8
  ),
  rate_bytes: key(
    z.number().int().min(1_000_000).optional(),
    'Bytes a second of one person, over all running pulls; at least 1 MB. No limit when nobody says it.',
    50_000_000
  ),
  pull_bytes: key(
    z.number().int().min(1).optional(),
    'Largest pull in bytes; a larger one is refused before it starts. No limit when nobody says it.',
    2_000_000_000_000
  ),
  node: key(
    z
      .strictObject({
        pulls: key(
          count(256),
          'Pulls of all persons together that run at once on one machine (Linux).',
          8
        ),
        streams: key(
          count(1024),
          'Connections of all persons together on one machine (Linux); each running pull has at least one.',
          32
        ),
        wait_minutes: key(
          z.number().min(0).max(1440).optional(),
          'So long a pull waits for its place on the machine; then it goes on with one connection. 10 when nobody says it.',
          10
        )
      })
      .optional(),
    'What everybody on one machine may take together. No limit when nobody says it.'
  )
});

const runOn = key(
  z.enum(['session', 'off']).optional(),
  'Where pulls run: `session` in the companion of the person, `off` nowhere: then nobody is offered one.',
  'session'
);

/** The keys that a profile and the configuration of the machine share. */
export const transferRules = {
  run_on: runOn,
  limits: key(
    TransferLimits.optional(),
    'How much pulls may take; the stricter of two rules holds.'
  )
};

/** What the administrator of a machine sets for every profile: `c.Panosc.transfers` of Jupyter. */
export const MachineRules = z.strictObject(transferRules);
