import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import path from 'node:path';
import { CONTRACT } from '#contract';
import { buildApp } from './app.ts';
import type { Surroundings } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { isoTime } from './core/clock.ts';
import { newSecretText } from './core/ids.ts';
import { makeLog } from './core/log.ts';
import { ProblemError } from './core/problem.ts';
import { Secret } from './core/secret.ts';
import { AttachedClients } from './http/attached-clients.ts';
import { EXIT_LOCKED, lockStateDir } from './store/database.ts';
import { version } from './version.ts';

/** The 0600 file that tells relay and command line where the companion is. */
const ANNOUNCEMENT = 'companion.json';
const DRAIN_MS = 5000;

function removeStaleSocket(stateDir: string, runtimeDir: string): void {
  try {
    const old = JSON.parse(readFileSync(path.join(stateDir, ANNOUNCEMENT), 'utf8')) as {
      socket?: unknown;
    };
    if (typeof old.socket === 'string' && path.dirname(path.dirname(old.socket)) === runtimeDir) {
      rmSync(path.dirname(old.socket), { recursive: true, force: true });
    }
  } catch {
    // No announcement, or one that nobody can read: nothing to clean.
  }
}

function announce(stateDir: string, content: object): string {
  const file = path.join(stateDir, ANNOUNCEMENT);
  const temporary = `${file}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file);
  return file;
}

/**
 * Runs the companion on a unix socket (0600 in a 0700 folder) until its last client has gone,
 * or until SIGTERM. Resolves with the exit code.
 */
export async function serve(config: Config, surroundings: Surroundings): Promise<number> {
  const log = makeLog(config.logLevel);
  let lock: { release(): void };
  try {
    lock = lockStateDir(config.stateDir);
  } catch (error) {
    if (error instanceof ProblemError) {
      log.warn(error.message);
      return EXIT_LOCKED;
    }
    throw error;
  }
  mkdirSync(config.runtimeDir, { recursive: true, mode: 0o700 });
  chmodSync(config.runtimeDir, 0o700);
  removeStaleSocket(config.stateDir, config.runtimeDir);
  const folder = mkdtempSync(path.join(config.runtimeDir, 's-'));
  const socket = path.join(folder, 'companion.sock');
  const secret = newSecretText();

  const app = buildApp({ config, surroundings, log, secret: new Secret(secret) });
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: 20_000,
    keepAliveTimeout: 60_000
  });
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>(resolve => {
    end = resolve;
  });
  const clients = new AttachedClients({
    stateDir: config.stateDir,
    lingerMs: config.lingerMs,
    cliLingerMs: config.cliLingerMs,
    reasons: app.reasons,
    firstClientMs: config.firstClientMs,
    onAbandoned: () => end('no client is attached')
  });
  process.once('SIGTERM', () => end('SIGTERM'));
  process.once('SIGINT', () => end('SIGINT'));

  app.attach(clients.attach);
  server.on('request', app.express);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  app.start();
  const file = announce(config.stateDir, {
    socket,
    secret,
    pid: process.pid,
    host: hostname(),
    version,
    contract: CONTRACT,
    startedAt: isoTime(Date.now())
  });
  log.info({ version, node: process.version }, 'companion ready');

  log.info({ reason: await ended }, 'companion ends');
  rmSync(file, { force: true });
  clients.stop();
  const drained = new Promise<void>(resolve => server.close(() => resolve()));
  setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
  server.closeIdleConnections();
  await app.stop();
  server.closeAllConnections();
  await drained;
  rmSync(folder, { recursive: true, force: true });
  lock.release();
  return 0;
}
