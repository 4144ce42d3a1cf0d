import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { until } from './until.ts';

const candidates = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'];
/** Token that `/token/` wants. */
export const nginxToken = 'token-of-alice';

/** The installed nginx, or null. */
export function findNginx(): string | null {
  const found = candidates.find(file => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found ?? null;
}

/** One line of the access log. */
export interface NginxRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly range: string;
  /** Bytes of the body that were handed to the kernel. */
  readonly bytes: number;
}

/** A real nginx on loopback that serves one folder in several ways. */
export interface Nginx {
  /** `…/data/` by ranges, `…/slow/` at half a second for each MiB, `…/whole/` without ranges, `…/token/` with a token. */
  readonly url: string;
  readonly httpsUrl: string | null;
  readonly pid: number;
  requests(): NginxRequest[];
  /** Body bytes of all requests that have ended. */
  served(): number;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A certificate for 127.0.0.1 that signs itself. */
function makeCertificate(folder: string): { key: string; cert: string } {
  const key = path.join(folder, 'key.pem');
  const cert = path.join(folder, 'cert.pem');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=127.0.0.1',
      '-addext',
      'subjectAltName=IP:127.0.0.1'
    ],
    { stdio: 'ignore' }
  );
  return { key, cert };
}

function configuration(
  folder: string,
  root: string,
  ports: { plain: number; tls: number | null },
  bytesPerSecond: number
): string {
  const location = `root ${root}; limit_rate ${bytesPerSecond};`;
  const tls =
    ports.tls === null
      ? ''
      : `server {
    listen 127.0.0.1:${ports.tls} ssl;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    location /data/ { rewrite ^/data/(.*)$ /$1 break; ${location} }
  }`;
  return `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes auto;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 256; }
http {
  client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3;
  uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5;
  default_type application/octet-stream;
  sendfile on;
  log_format lines escape=json '{"method":"$request_method","path":"$uri","status":$status,"range":"$http_range","bytes":$body_bytes_sent}';
  access_log ${folder}/access.log lines;
  server {
    listen 127.0.0.1:${ports.plain};
    location /data/ { rewrite ^/data/(.*)$ /$1 break; ${location} }
    location /slow/ { rewrite ^/slow/(.*)$ /$1 break; root ${root}; limit_rate 700k; }
    location /whole/ { rewrite ^/whole/(.*)$ /$1 break; max_ranges 0; ${location} }
    location /token/ {
      if ($http_authorization != "Bearer ${nginxToken}") { return 401; }
      rewrite ^/token/(.*)$ /$1 break; ${location}
    }
  }
  ${tls}
}
`;
}

/** Starts nginx on `root`; its own files go into `folder`, whose `cert.pem` then is its authority. */
export async function startNginx(
  program: string,
  folder: string,
  root: string,
  // nginx gives each connection the bytes of its first second at once.
  options: { tls?: boolean; bytesPerSecond?: number } = {}
): Promise<Nginx> {
  mkdirSync(folder, { recursive: true });
  if (options.tls === true) {
    makeCertificate(folder);
  }
  const ports = {
    plain: await freePort(),
    tls: options.tls === true ? await freePort() : null
  };
  const file = path.join(folder, 'nginx.conf');
  const log = path.join(folder, 'access.log');
  writeFileSync(file, configuration(folder, root, ports, options.bytesPerSecond ?? 0));
  const child = spawn(program, ['-p', folder, '-e', path.join(folder, 'error.log'), '-c', file], {
    stdio: ['ignore', 'ignore', 'inherit']
  });
  const exited = new Promise<void>(resolve => child.on('exit', () => resolve()));
  process.once('exit', () => child.kill('SIGTERM'));
  await until('nginx', () => {
    if (child.exitCode !== null) {
      throw new Error(`nginx ended: ${readFileSync(path.join(folder, 'error.log'), 'utf8')}`);
    }
    return answers(ports.plain);
  });
  const requests = (): NginxRequest[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as NginxRequest);
  return {
    url: `http://127.0.0.1:${ports.plain}`,
    httpsUrl: ports.tls === null ? null : `https://127.0.0.1:${ports.tls}`,
    pid: child.pid ?? 0,
    requests,
    served: () => requests().reduce((sum, { bytes }) => sum + bytes, 0),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    }
  };
}
