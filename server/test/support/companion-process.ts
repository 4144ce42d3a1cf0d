import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { until } from './until.ts';

const main = path.resolve(import.meta.dirname, '../../src/main.ts');
/** Processes that a failing test left running. */
const started = new Set<ChildProcess>();
after(() => {
  for (const child of started) {
    child.kill('SIGKILL');
  }
});

export interface Announced {
  readonly socket: string;
  readonly secret: string;
  readonly pid: number;
}

/** A real companion process on a state folder. */
export class CompanionProcess {
  readonly stateDir: string;
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  #log = '';

  /** `before` is a command that becomes the companion in the end, such as `setpriv` with another user. */
  constructor(
    stateDir: string,
    config: object = {},
    env: NodeJS.ProcessEnv = process.env,
    before: readonly string[] = []
  ) {
    this.stateDir = stateDir;
    const [program = process.execPath, ...args] = [...before, process.execPath, main, 'serve'];
    this.child = spawn(program, args, {
      env,
      stdio: ['pipe', 'ignore', 'pipe']
    });
    started.add(this.child);
    this.exited = new Promise(resolve =>
      this.child.on('exit', code => {
        started.delete(this.child);
        resolve(code);
      })
    );
    this.child.stderr?.on('data', (piece: Buffer) => {
      this.#log += piece.toString();
    });
    this.child.stdin?.end(
      JSON.stringify({
        stateDir,
        runtimeDir: path.join(stateDir, 'run'),
        logLevel: 'debug',
        lingerMs: 200,
        ...config
      })
    );
  }

  /** Everything that it has logged. */
  get log(): string {
    return this.#log;
  }

  announced(): Announced | null {
    try {
      const read = JSON.parse(
        readFileSync(path.join(this.stateDir, 'companion.json'), 'utf8')
      ) as Announced;
      return read.pid === this.child.pid ? read : null;
    } catch {
      return null;
    }
  }

  /** Waits until it has announced itself. */
  ready(): Promise<Announced> {
    return until('the companion’s announcement', () => {
      if (this.child.exitCode !== null) {
        throw new Error(`the companion ended with ${this.child.exitCode}: ${this.#log}`);
      }
      return this.announced();
    });
  }

  /** One request; the response's body is not read. */
  async open(
    method: string,
    target: string,
    options: { body?: unknown; headers?: Record<string, string> } = {}
  ): Promise<IncomingMessage> {
    const { socket, secret } = await this.ready();
    return new Promise((resolve, reject) => {
      const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
      const outgoing = request(
        {
          socketPath: socket,
          method,
          path: target,
          agent: false,
          headers: {
            'x-panosc-relay': secret,
            ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
            ...options.headers
          }
        },
        resolve
      );
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }

  /** One request, with its answer as JSON. */
  async ask<T>(
    method: string,
    target: string,
    options: { body?: unknown; headers?: Record<string, string> } = {}
  ): Promise<{ status: number; body: T; headers: IncomingMessage['headers'] }> {
    const answer = await this.open(method, target, options);
    const content = await text(answer);
    return {
      status: answer.statusCode ?? 0,
      body: (content === '' ? null : JSON.parse(content)) as T,
      headers: answer.headers
    };
  }

  /** Attaches as a client; `destroy()` on what is returned leaves again. */
  attach(kind: 'jupyter' | 'cli' = 'cli'): Promise<IncomingMessage> {
    return this.open('GET', `/v1/attach?kind=${kind}&pid=${process.pid}`);
  }
}

/** Permission bits of a path. */
export function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}
