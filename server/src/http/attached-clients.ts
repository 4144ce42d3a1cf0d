import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Request, Response } from 'express';
import * as z from 'zod';
import { startTicks } from '../core/process-name.ts';

/** Who is attached: a Jupyter server's relay or a command line. */
const ClientQuery = z.object({
  kind: z.enum(['jupyter', 'cli']),
  pid: z.coerce.number().int().positive()
});

interface Client {
  readonly kind: 'jupyter' | 'cli';
  readonly pid: number;
  /** Start time in clock ticks (`/proc/PID/stat`, field 22), so that a reused pid is not mistaken; null elsewhere. */
  readonly startTicks: string | null;
}

/** File in the state folder that lists the attached clients; the supervisor of a local job watches it. */
export const CLIENTS_FILE = 'clients.json';

/**
 * Clients hold `GET /v1/attach` open; a connection that ends, by whatever death, is a client that has gone.
 * When the last one has gone for `lingerMs`, or none came within `firstClientMs`, `onAbandoned` is called.
 */
export class AttachedClients {
  readonly #clients = new Map<Response, Client>();
  readonly #file: string;
  readonly #lingerMs: number;
  readonly #onAbandoned: () => void;
  #timer: NodeJS.Timeout;

  constructor(options: {
    stateDir: string;
    lingerMs: number;
    firstClientMs: number;
    onAbandoned: () => void;
  }) {
    this.#file = path.join(options.stateDir, CLIENTS_FILE);
    this.#lingerMs = options.lingerMs;
    this.#onAbandoned = options.onAbandoned;
    this.#timer = setTimeout(options.onAbandoned, options.firstClientMs);
  }

  /** `GET /v1/attach?kind=jupyter|cli&pid=N`: answers at once and stays open. */
  readonly attach = (request: Request, response: Response): void => {
    const client = ClientQuery.parse(request.query);
    clearTimeout(this.#timer);
    this.#clients.set(response, { ...client, startTicks: startTicks(client.pid) });
    this.#write();
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
    response.write('attached\n');
    response.on('close', () => {
      this.#clients.delete(response);
      if (this.#clients.size === 0) {
        this.#timer = setTimeout(this.#onAbandoned, this.#lingerMs);
      } else {
        this.#write();
      }
    });
  };

  stop(): void {
    clearTimeout(this.#timer);
    for (const response of this.#clients.keys()) {
      response.end();
    }
  }

  /** The last list stays when everybody has gone: a local job then sees that its owners are dead. */
  #write(): void {
    const temporary = `${this.#file}.new`;
    writeFileSync(temporary, JSON.stringify([...this.#clients.values()]), { mode: 0o600 });
    renameSync(temporary, this.#file);
  }
}
