import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { until } from './until.ts';

/** A real nginx that serves one folder on loopback. */
export interface Nginx {
  readonly url: string;
  /** Lines of the access log: status, bytes of the body that were sent, request. */
  readonly log: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Path of nginx, or null where there is none. */
export function findNginx(): string | null {
  return (
    ['nginx', '/usr/sbin/nginx'].find(
      program => spawnSync(program, ['-v'], { stdio: 'ignore' }).status === 0
    ) ?? null
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** Starts nginx with everything of it below `prefix`. */
export async function startNginx(program: string, prefix: string, root: string): Promise<Nginx> {
  const port = await freePort();
  const log = path.join(prefix, 'access.log');
  mkdirSync(path.join(prefix, 'tmp'), { recursive: true });
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `  ${name}_temp_path ${path.join(prefix, 'tmp', name)};\n`)
    .join('');
  const config = path.join(prefix, 'nginx.conf');
  writeFileSync(
    config,
    `${process.getuid?.() === 0 ? 'user root;\n' : ''}daemon off;
worker_processes auto;
pid ${prefix}/nginx.pid;
error_log ${prefix}/error.log;
events { worker_connections 256; }
http {
${temp}  default_type application/octet-stream;
  log_format sent '$status $body_bytes_sent $request';
  access_log ${log} sent;
  sendfile on;
  server { listen 127.0.0.1:${port}; root ${root}; }
}
`
  );
  const child = spawn(program, ['-p', prefix, '-c', config, '-e', `${prefix}/error.log`], {
    stdio: 'ignore'
  });
  const exited = new Promise<void>(resolve => child.on('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  await until('nginx', async () => {
    if (child.exitCode !== null) {
      throw new Error(`nginx ended with ${child.exitCode}`);
    }
    return fetch(url).then(
      () => true,
      () => false
    );
  });
  return {
    url,
    log,
    child,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    }
  };
}
