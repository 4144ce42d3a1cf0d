import assert from 'node:assert/strict';
import { it } from 'node:test';
import { inspect } from 'node:util';
import pino from 'pino';
import { Secret } from '../../src/core/secret.ts';

const canary = 'canary-7f3e';

it('never prints its value, however it is printed', () => {
  const secret = new Secret(canary);
  const lines: string[] = [];
  pino({}, { write: (line: string) => lines.push(line) }).info(
    { secret, nested: { secret } },
    `token ${String(secret)}`
  );
  const printed = [
    String(secret),
    ['', secret].join(),
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9, showHidden: true }),
    ...lines
  ];
  for (const text of printed) {
    assert.ok(!text.includes(canary), text);
    assert.ok(text.includes('[secret]'), text);
  }
  assert.deepEqual(Object.keys(secret), []);
  assert.equal(secret.reveal(), canary);
});
