import * as z from 'zod';
import { key } from '../facility/profile-entries.ts';
import { MachineRules } from '../facility/profile-transfers.ts';

const milliseconds = z.number().int().min(0);

/**
 * How this process runs; given as one JSON document on standard input by the launcher.
 * Unknown keys are errors. What a facility offers stands in a profile, not here.
 * The sentences are read by administrators: docs/admin/config-reference.md is made from them.
 */
export const Config = z.strictObject({
  stateDir: key(
    z.string().min(1),
    'Folder for database, journals and logs; made with mode 0700. Set by the trait `state_dir`.',
    '/home/alice/.local/state/jupyterlab-panosc'
  ),
  runtimeDir: key(
    z.string().min(1),
    'Folder for the socket, mode 0700. The launcher finds one with a short path: leave it to it.',
    '/run/user/1000/panosc-1000-1a2b3c4d'
  ),
  profilePaths: key(
    z.array(z.string()).default([]),
    'Files or folders with profiles (YAML), in order of precedence. Set by the trait `profiles`.',
    ['/etc/jupyter/panosc/profiles']
  ),
  defaultProfile: key(
    z.string().nullable().default(null),
    'Id of the profile that is active while nobody has chosen one. Set by the trait `default_profile`.',
    'esrf'
  ),
  logLevel: key(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    'What is written into `companion.log`. Set by the trait `companion_log_level`.',
    'warn'
  ),
  lingerMs: key(
    milliseconds.default(3000),
    'The companion ends when no client has been attached for this long.',
    3000
  ),
  cliLingerMs: key(
    milliseconds.default(900_000),
    'After a command line it stays this long while somebody is signed in: tokens are in memory only.',
    900_000
  ),
  firstClientMs: key(
    milliseconds.default(20_000),
    'Within this time of its start a client must come, or it ends.',
    20_000
  ),
  maxBodyBytes: key(
    z.number().int().min(1024).default(2_000_000),
    'Largest request in bytes. The relay in the Jupyter server refuses what is larger than 2 MB anyway.',
    2_000_000
  ),
  insecureLoopback: key(
    z.boolean().default(false),
    'Allows sign-in services with plain http on loopback: for the demo and for tests only.',
    false
  ),
  metrics: key(
    z.boolean().default(false),
    'Counts for Prometheus at `/v1/metrics`; switched off, nobody counts.',
    true
  ),
  transfers: key(
    MachineRules.prefault({}),
    'What the administrator of the machine allows pulls, whatever a profile says.',
    { limits: { streams: 8 } }
  )
});
export type Config = z.infer<typeof Config>;
