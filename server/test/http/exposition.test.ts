import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Counter, Histogram } from '../../src/http/counters.ts';
import { exposition } from '../../src/http/exposition.ts';
import { readExposition } from '../support/read-exposition.ts';

const text = (): string => {
  const requests = new Counter();
  requests.add({ route: '/v1/jobs/:id', status: '200' });
  requests.add({ route: '/v1/jobs/:id', status: '200' });
  requests.add({ route: 'a"b\\c\nd', status: '500' }, 3);
  const durations = new Histogram([0.1, 2.5]);
  durations.observe({ route: 'x' }, 0.05);
  durations.observe({ route: 'x' }, 0.1);
  durations.observe({ route: 'x' }, 1);
  durations.observe({ route: 'x' }, 9);
  return exposition([
    {
      name: 'a_total',
      help: 'With a \\ and\na break.',
      type: 'counter',
      samples: requests.samples()
    },
    { name: 'd_seconds', help: 'Durations.', type: 'histogram', samples: durations.samples() },
    { name: 'up', help: 'Gauge.', type: 'gauge', samples: [{ value: 1.5e-7 }] },
    { name: 'nothing', help: 'Without samples it is left out.', type: 'gauge', samples: [] }
  ]);
};

describe('the text format of Prometheus', () => {
  it('is read back by a strict reader', () => {
    const read = readExposition(text());
    assert.deepEqual([...read.keys()], ['a_total', 'd_seconds', 'up']);
    assert.deepEqual(read.get('a_total')?.samples, [
      { name: 'a_total', labels: { route: '/v1/jobs/:id', status: '200' }, value: 2 },
      { name: 'a_total', labels: { route: 'a"b\\c\nd', status: '500' }, value: 3 }
    ]);
    assert.deepEqual(
      read.get('d_seconds')?.samples.map(({ labels, name, value }) => [name, labels['le'], value]),
      [
        ['d_seconds_bucket', '0.1', 2],
        ['d_seconds_bucket', '2.5', 3],
        ['d_seconds_bucket', '+Inf', 4],
        ['d_seconds_sum', undefined, 10.15],
        ['d_seconds_count', undefined, 4]
      ]
    );
  });

  it('keeps any label', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), label => {
        const read = readExposition(
          exposition([
            { name: 'a', help: 'A.', type: 'gauge', samples: [{ labels: { l: label }, value: 1 }] }
          ])
        );
        assert.equal(read.get('a')?.samples[0]?.labels['l'], label);
      })
    );
  });

  it('is read by the Python client of Prometheus, which Jupyter brings', t => {
    const script =
      'import sys, json; from prometheus_client.parser import text_string_to_metric_families as f; ' +
      'print(json.dumps([[m.name, m.type, m.documentation, [[s.name, s.labels, s.value] for s in m.samples]] for m in f(sys.stdin.read())]))';
    if (spawnSync('python', ['-c', 'import prometheus_client']).status !== 0) {
      t.skip('there is no prometheus_client for Python');
      return;
    }
    const said = execFileSync('python', ['-c', script], { input: text(), encoding: 'utf8' });
    const families = JSON.parse(said) as [string, string, string, [string, object, number][]][];
    assert.deepEqual(
      families.map(([name, type, help, samples]) => [name, type, help, samples.length]),
      [
        ['a', 'counter', 'With a \\ and\na break.', 2],
        ['d_seconds', 'histogram', 'Durations.', 5],
        ['up', 'gauge', 'Gauge.', 1]
      ]
    );
    assert.deepEqual(families[0]?.[3][1], ['a_total', { route: 'a"b\\c\nd', status: '500' }, 3]);
  });

  it('passes promtool', t => {
    if (spawnSync('promtool', ['--version']).error !== undefined) {
      t.skip('there is no promtool (Debian: prometheus)');
      return;
    }
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text() });
    assert.equal(status, 0, stderr.toString());
  });
});
