import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCall } from '../support/test-call.ts';
import { JobsBench } from './jobs-bench.ts';

const asked = [
  ['allow', []],
  ['warn', ['warning']],
  ['refuse', ['error']]
] as const;

for (const [rule, severities] of asked) {
  test(`a profile that says "${rule}" of unsigned images`, async () => {
    const bench = new JobsBench({ trust: { unsigned_images: rule } });
    bench.images.set('r:/signed.sif', 1).set('r:/unsigned.sif', 0).set('r:/folder', null);
    const found = async (image: string): Promise<string[]> => {
      const preview = await bench.service.preview(bench.request({ image }), testCall());
      return preview.findings.map(({ field, severity }) => `${field} ${severity}`);
    };
    const expected = severities.map(severity => `image ${severity}`);
    assert.deepEqual(await found('r:/signed.sif'), []);
    assert.deepEqual(await found('r:/unsigned.sif'), expected);
    assert.deepEqual(await found('r:/folder'), expected);
    const submitted = bench.submit({ image: 'r:/unsigned.sif' });
    await (rule === 'refuse' ? assert.rejects(submitted, { slug: 'bad-job' }) : submitted);
  });
}
