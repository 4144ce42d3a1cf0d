// A stand-in for the companion that shows what arrives at it. Same protocol: configuration on
// stdin, a private socket, an announcement in the state folder, `GET /v1/attach` held open.
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import path from 'node:path';

const config = JSON.parse(readFileSync(0, 'utf8'));
const trigger = path.join(config.stateDir, 'fail-at-start');
try {
  process.stderr.write(`starting\nError: ${readFileSync(trigger, 'utf8')}\n    at nowhere\n`);
  process.exit(1);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
const folder = mkdtempSync(path.join(config.runtimeDir, 's-'));
const socket = path.join(folder, 'companion.sock');
const secret = 's'.repeat(43);
const counts = { attached: 0, opened: 0, closed: 0, never: 0, floodBytes: 0 };
const waiting = [];

async function bodyOf(request) {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  return bytes;
}

const routes = {
  '/v1/attach': (request, response) => {
    counts.attached++;
    response.writeHead(200);
    response.write('attached\n');
    response.on('close', () => (--counts.attached === 0 ? process.exit(0) : undefined));
  },
  '/v1/health': (request, response) => response.end('{}'),
  '/v1/echo': async (request, response) => {
    const bytes = await bodyOf(request);
    response.writeHead(request.headers['if-none-match'] === '"same"' ? 304 : 200, {
      'content-type': 'application/json',
      'set-cookie': 'companion=1',
      'content-security-policy': "default-src 'self'",
      'x-seen': 'yes'
    });
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        headers: request.rawHeaders,
        bytes
      })
    );
  },
  '/v1/counts': (request, response) => response.end(JSON.stringify(counts)),
  '/v1/config': (request, response) => response.end(JSON.stringify(config)),
  '/v1/never': (request, response) => {
    counts.never++;
    response.on('close', () => counts.closed++);
  },
  // Two events; the second one only after `POST /v1/go`.
  '/v1/stream': (request, response) => {
    counts.opened++;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: first\n\n');
    waiting.push(() => response.end('data: second\n\n'));
    response.on('close', () => counts.closed++);
  },
  '/v1/go': (request, response) => {
    waiting.splice(0).forEach(go => go());
    response.writeHead(204).end();
  },
  // Answers to each piece of the request body before the next one is sent.
  '/v1/upload': async (request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    for await (const chunk of request) response.write(`${chunk.length}\n`);
    response.end('end\n');
  },
  '/v1/early': (request, response) => {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('no\n');
  },
  // As much as the reader takes.
  '/v1/flood': (request, response) => {
    const piece = Buffer.alloc(65536);
    const more = () => {
      while (!response.destroyed && response.write(piece)) counts.floodBytes += piece.length;
      counts.floodBytes += piece.length;
    };
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.on('drain', more);
    more();
  },
  '/v1/cut': (request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('half', () => response.destroy());
  },
  '/v1/silent': (request, response) => response.destroy(),
  '/v1/exit': () => process.exit(3)
};

const server = createServer((request, response) => {
  if (request.headers['x-panosc-relay'] !== secret) {
    response.writeHead(403).end();
    return;
  }
  const route = routes[new URL(request.url, 'http://panosc').pathname];
  if (route === undefined) response.writeHead(404).end();
  // A body that is cut off ends the request, not the program.
  else Promise.resolve(route(request, response)).catch(() => response.destroy());
});
process.once('SIGTERM', () => {
  rmSync(path.join(config.stateDir, 'companion.json'), { force: true });
  process.exit(0);
});
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
server.listen(socket, () => {
  chmodSync(socket, 0o600);
  const file = path.join(config.stateDir, 'companion.json');
  const content = { socket, secret, pid: process.pid, host: hostname() };
  writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${file}.new`, file);
});
