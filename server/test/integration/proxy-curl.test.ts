import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { proxyFor } from '../../src/core/proxy.ts';

/** Name and version of curl; null when it is not there, or older than its rule for networks (7.86). */
async function curlVersion(): Promise<string | null> {
  const said = await run(['--version'], {});
  const [, major = 0, minor = 0] = (/^curl (\d+)\.(\d+)/.exec(said) ?? []).map(Number);
  return major > 7 || (major === 7 && minor >= 86) ? said : null;
}

function run(args: readonly string[], env: Record<string, string>): Promise<string> {
  return new Promise(resolve => {
    const child = spawn('curl', args, { env: { PATH: process.env['PATH'] ?? '', ...env } });
    let text = '';
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(text));
  });
}

test('the choice of a proxy is curl’s', async t => {
  if ((await curlVersion()) === null) {
    t.skip('curl 7.86 or newer is not installed');
    return;
  }
  // One server that says whether it was asked as a proxy; every direct way of curl ends at it, too.
  const server = createServer((request, response) =>
    response.end(request.url?.startsWith('http://') === true ? 'proxied' : 'direct')
  );
  // With --connect-to, curl asks a proxy for a tunnel.
  server.on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.once('data', () =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nproxied')
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const here = `127.0.0.1:${port}`;

  const lists = [
    '',
    '*',
    'example.test',
    '.example.test',
    'example.test.',
    'EXAMPLE.TEST',
    'a.test,example.test',
    'a.test example.test',
    'xample.test',
    '*.example.test',
    '10.0.0.0/8',
    '10.1.2.3',
    '10.1.2.0/25',
    '192.168.0.0/16, 10.1.2.3'
  ];
  // Not IPv6: curl 7.88 compares it otherwise than its manual says.
  const hosts = [
    'example.test',
    'www.example.test',
    'notexample.test',
    'Example.Test',
    '10.1.2.3',
    '10.2.2.3'
  ];
  const environments = [
    { http_proxy: `http://${here}` },
    { http_proxy: here },
    { HTTP_PROXY: `http://${here}` },
    { http_proxy: '', HTTPS_PROXY: `http://${here}` }
  ];
  const cases = [
    ...lists.flatMap(list =>
      hosts.map(host => ({ host, env: { http_proxy: here, no_proxy: list } }))
    ),
    ...environments.flatMap(env => [
      { host: 'example.test', env },
      { host: 'example.test', env: { ...env, NO_PROXY: 'example.test' } }
    ]),
    {
      host: 'example.test',
      env: { http_proxy: here, NO_PROXY: 'example.test', no_proxy: 'other.test' }
    },
    { host: 'example.test', env: { http_proxy: here, NO_PROXY: 'example.test', no_proxy: '' } }
  ];
  let asked = 0;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let next = cases[asked++]; next !== undefined; next = cases[asked++]) {
        const { env, host } = next;
        const url = `http://${host}/`;
        // Whatever curl decides, it connects to this machine only.
        const said = await run(['-q', '-sg', '--connect-to', `::${here}`, url], env);
        const ours = proxyFor(new URL(url), env) === null ? 'direct' : 'proxied';
        assert.equal(said, ours, `${url} with ${JSON.stringify(env)}`);
      }
    })
  );
  assert.ok(asked >= cases.length);
});
