import * as z from 'zod';
import { MachineRules } from '../facility/profile-transfers.ts';

/**
 * How this process runs; given as one JSON document on standard input by the launcher.
 * Unknown keys are errors. What a facility offers stands in a profile, not here.
 */
export const Config = z.strictObject({
  /** Folder for database, journals and logs. Created with mode 0700. */
  stateDir: z.string().min(1),
  /** Folder for the socket; must allow short paths. Created with mode 0700. */
  runtimeDir: z.string().min(1),
  /** Files or folders with profiles (YAML), in order of precedence. */
  profilePaths: z.array(z.string()).default([]),
  /** Profile that is active while nobody has chosen one. */
  defaultProfile: z.string().nullable().default(null),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** The process ends when no client has been attached for this long. */
  lingerMs: z.number().int().min(0).default(3000),
  /** After a command line, it stays this long while somebody is signed in: tokens are in memory only. */
  cliLingerMs: z.number().int().min(0).default(900_000),
  /** The first client must attach within this time. */
  firstClientMs: z.number().int().min(0).default(20_000),
  /** Largest request body in bytes. */
  maxBodyBytes: z.number().int().min(1024).default(2_000_000),
  /** Allows sign-in services with plain http on loopback: demo and tests only. */
  insecureLoopback: z.boolean().default(false),
  /** Counts for Prometheus at `/v1/metrics`. */
  metrics: z.boolean().default(false),
  /** What the administrator of the machine allows pulls, whatever a profile says. */
  transfers: MachineRules.prefault({})
});
export type Config = z.infer<typeof Config>;
