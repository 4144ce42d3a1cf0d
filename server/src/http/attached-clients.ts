import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Request, Response } from 'express';
import * as z from 'zod';
import { problem } from '../core/problem.ts';
import { startTicks } from '../core/process-name.ts';
import { RELAYED_HEADER } from './guard.ts';

/** Who is attached: a Jupyter server's relay or a command line. */
const ClientQuery = z.object({
  kind: z.enum(['jupyter', 'cli']),
  pid: z.coerce.number().int().positive()
});

interface Client {
  readonly kind: 'jupyter' | 'cli' | 'companion';
  readonly pid: number;
  /** Start time in clock ticks (`/proc/PID/stat`, field 22), so that a reused pid is not mistaken; null elsewhere. */
  readonly startTicks: string | null;
}

/** File in the state folder that lists the attached clients; the supervisor of a local job watches it. */
export const CLIENTS_FILE = 'clients.json';

/** Why the companion has something to stay for when the last command line has left. */
export interface ReasonsToStay {
  /** Something runs here that nobody else does: a pull, a local job. */
  isBusy(): boolean;
  /** Somebody is signed in; the tokens would be lost. */
  isSignedIn(): boolean;
}

interface Options {
  readonly stateDir: string;
  readonly lingerMs: number;
  readonly cliLingerMs: number;
  readonly firstClientMs: number;
  readonly reasons: ReasonsToStay;
  readonly onAbandoned: () => void;
}

const LOOK_MS = 1000;

/**
 * Clients hold `GET /v1/attach` open; a connection that ends, by whatever death, is a client that has gone.
 *
 * When the last one was a Jupyter server, or none came within `firstClientMs`, the companion is abandoned after
 * `lingerMs`. Between two commands of a terminal nobody is attached: after a command line it stays while it is
 * busy, and for `cliLingerMs` while somebody is signed in.
 */
export class AttachedClients {
  readonly #clients = new Map<Response, Client>();
  readonly #options: Options;
  #timer: NodeJS.Timeout;
  #isStopped = false;

  constructor(options: Options) {
    this.#options = options;
    this.#timer = setTimeout(options.onAbandoned, options.firstClientMs);
  }

  /** `GET /v1/attach?kind=jupyter|cli&pid=N`: answers at once and stays open. */
  readonly attach = (request: Request, response: Response): void => {
    if (request.get(RELAYED_HEADER) !== undefined) {
      throw problem(
        'not-the-relay',
        'A page in the browser cannot attach: its Jupyter server does.'
      );
    }
    const client = ClientQuery.parse(request.query);
    clearTimeout(this.#timer);
    this.#clients.set(response, { ...client, startTicks: startTicks(client.pid) });
    this.#write([...this.#clients.values()]);
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
    response.write('attached\n');
    response.on('close', () => {
      this.#clients.delete(response);
      if (this.#isStopped) {
        return;
      }
      if (this.#clients.size > 0) {
        this.#write([...this.#clients.values()]);
      } else if (client.kind === 'cli') {
        this.#stayForTheTerminal();
      } else {
        this.#timer = setTimeout(this.#options.onAbandoned, this.#options.lingerMs);
      }
    });
  };

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const response of this.#clients.keys()) {
      response.end();
    }
  }

  /** Local jobs live on with the companion itself meanwhile. */
  #stayForTheTerminal(): void {
    const { cliLingerMs, lingerMs, onAbandoned, reasons } = this.#options;
    this.#write([{ kind: 'companion', pid: process.pid, startTicks: startTicks(process.pid) }]);
    const since = performance.now();
    const look = (): void => {
      const alone = performance.now() - since;
      const isWanted = reasons.isBusy() || (reasons.isSignedIn() && alone < cliLingerMs);
      if (alone >= lingerMs && !isWanted) {
        onAbandoned();
      } else {
        this.#timer = setTimeout(look, LOOK_MS);
      }
    };
    this.#timer = setTimeout(look, lingerMs);
  }

  /** The last list stays when everybody has gone: a local job then sees that its owners are dead. */
  #write(clients: readonly Client[]): void {
    const file = path.join(this.#options.stateDir, CLIENTS_FILE);
    const temporary = `${file}.new`;
    writeFileSync(temporary, JSON.stringify(clients), { mode: 0o600 });
    renameSync(temporary, file);
  }
}
