import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  nameOf,
  proxyFor,
  ProxyFailure,
  refusalBy,
  type Environment
} from '../../src/core/proxy.ts';

function proxyOf(url: string, env: Environment): string | null {
  const proxy = proxyFor(new URL(url), env);
  return proxy === null
    ? null
    : `${proxy.isTls ? 'https' : 'http'}://${nameOf(proxy)} (${proxy.variable})`;
}

const both = { http_proxy: 'http://proxy.test:3128', https_proxy: 'proxy.test:3129' };

describe('proxies of the environment', () => {
  it('are chosen by the scheme of the address', () => {
    assert.equal(proxyOf('http://data.test/a', both), 'http://proxy.test:3128 (http_proxy)');
    assert.equal(proxyOf('https://data.test/a', both), 'http://proxy.test:3129 (https_proxy)');
    assert.equal(proxyOf('https://data.test/a', { http_proxy: 'x:1' }), null);
    assert.equal(proxyOf('http://data.test/a', {}), null);
    assert.equal(proxyOf('http://data.test/a', { http_proxy: '' }), null);
  });

  it('are read from capitals too, but not for http (httpoxy)', () => {
    const env = { HTTP_PROXY: 'http://evil.test:1', HTTPS_PROXY: 'http://proxy.test:2' };
    assert.equal(proxyOf('http://data.test/', env), null);
    assert.equal(proxyOf('https://data.test/', env), 'http://proxy.test:2 (HTTPS_PROXY)');
    assert.equal(
      proxyOf('https://data.test/', { ...env, https_proxy: 'small.test:3' }),
      'http://small.test:3 (https_proxy)'
    );
  });

  it('have the port that is named, or the usual one', () => {
    for (const [text, wanted] of [
      ['proxy.test', 'http://proxy.test:1080'],
      ['http://proxy.test:80', 'http://proxy.test:80'],
      ['http://proxy.test/', 'http://proxy.test:1080'],
      ['https://proxy.test', 'https://proxy.test:443'],
      ['https://proxy.test:8443/', 'https://proxy.test:8443'],
      ['http://[2001:db8::1]:8080', 'http://[2001:db8::1]:8080'],
      ['http://[2001:db8::1]', 'http://[2001:db8::1]:1080'],
      ['http://a:b@proxy.test:8', 'http://proxy.test:8']
    ] as const) {
      const found = proxyOf('https://data.test/', { https_proxy: text });
      assert.equal(found, `${wanted} (https_proxy)`, text);
    }
  });

  it('sign in with what the address names, and never show it', () => {
    const env = { https_proxy: 'http://alice:p%40ss%3Aword@proxy.test:3128' };
    const proxy = proxyFor(new URL('https://data.test/'), env);
    assert.ok(proxy !== null && proxy.authorization !== null);
    const value = `Basic ${Buffer.from('alice:p@ss:word').toString('base64')}`;
    assert.equal(proxy.authorization.reveal(), value);
    const shown = [
      JSON.stringify(proxy),
      inspect(proxy, { depth: 9 }),
      nameOf(proxy),
      ...[403, 407, 503].map(status => refusalBy(proxy, status, 'data.test:443').message)
    ].join('\n');
    assert.doesNotMatch(shown, /alice|p@ss|p%40ss|YWxpY2/);
    assert.equal(
      proxyFor(new URL('https://data.test/'), {
        https_proxy: 'http://%zz:x@proxy.test'
      })?.authorization?.reveal(),
      `Basic ${Buffer.from('%zz:x').toString('base64')}`
    );
  });

  it('that cannot be used are said with the name of the variable and without its value', () => {
    for (const text of ['socks5://proxy.test:1080', 'http://', '://', 'http://pass word@x:1y']) {
      assert.throws(
        () => proxyFor(new URL('https://data.test/'), { HTTPS_PROXY: text }),
        (error: unknown) =>
          error instanceof ProxyFailure &&
          error.message.startsWith('HTTPS_PROXY in the environment names no proxy') &&
          !error.message.includes('proxy.test') &&
          !error.message.includes('pass') &&
          !error.isTransient,
        text
      );
    }
  });

  it('are not asked for this machine itself', () => {
    for (const host of [
      'localhost',
      'LOCALHOST',
      'app.localhost',
      '127.0.0.1',
      '127.9.9.9',
      '[::1]'
    ]) {
      assert.equal(proxyOf(`http://${host}:8888/`, both), null, host);
      assert.equal(proxyOf(`https://${host}:8888/`, { ...both, no_proxy: '' }), null, host);
    }
    assert.notEqual(proxyOf('http://localhost.test/', both), null);
    assert.notEqual(proxyOf('http://notlocalhost/', both), null);
    assert.notEqual(proxyOf('http://128.0.0.1/', both), null);
  });
});

describe('no_proxy', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['example.test', 'http://example.test/', true],
    ['example.test', 'http://www.example.test/', true],
    ['.example.test', 'http://www.example.test/', true],
    ['.example.test', 'http://example.test/', true],
    ['example.test', 'http://notexample.test/', false],
    ['example.test', 'http://example.test.evil.test/', false],
    ['EXAMPLE.test', 'http://example.TEST/', true],
    ['example.test.', 'http://example.test/', true],
    ['a.test, b.test', 'http://b.test/', true],
    ['a.test b.test', 'http://b.test/', true],
    ['a.test,,b.test,', 'http://c.test/', false],
    ['*', 'http://any.test/', true],
    ['*.example.test', 'http://www.example.test/', false],
    ['example.test:8080', 'http://example.test:8080/', true],
    ['example.test:8080', 'http://example.test/', false],
    ['example.test:443', 'https://example.test/', true],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.1.2.3', 'http://10.1.2.3/', true],
    ['10.1.2.3', 'http://10.1.2.30/', false],
    ['192.168.0.0/33', 'http://192.168.0.1/', false],
    ['192.168.0.0/16/8', 'http://192.168.0.1/', false],
    ['10.0.0.0/8', 'http://name.test/', false],
    ['2001:db8::/32', 'http://[2001:db8::17]/', true],
    ['2001:db8::/32', 'http://[2001:db9::17]/', false],
    ['[2001:db8::17]:8080', 'http://[2001:db8::17]:8080/', true],
    ['2001:db8::17', 'http://[2001:db8::17]:8080/', true],
    ['.', 'http://example.test/', false]
  ];
  for (const [list, url, isDirect] of cases) {
    it(`"${list}" ${isDirect ? 'takes out' : 'leaves in'} ${url}`, () => {
      assert.equal(proxyOf(url, { ...both, no_proxy: list }) === null, isDirect);
      assert.equal(proxyOf(url, { ...both, NO_PROXY: list }) === null, isDirect);
      assert.equal(proxyOf(url, { ...both, NO_PROXY: '*', no_proxy: list }) === null, isDirect);
    });
  }

  it('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), (list, url) => {
        proxyFor(new URL(url), { ...both, no_proxy: list });
      })
    );
  });
});
