import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareDoi } from '#contract';

test('a DOI is known in all the forms that people copy, and nothing else is taken for one', () => {
  for (const form of [
    'https://doi.org/10.5072/ma-0042',
    ' http://dx.doi.org/10.5072/ma-0042\n',
    'https://www.doi.org/10.5072%2Fma-0042',
    'doi:10.5072/ma-0042',
    'DOI: 10.5072/ma-0042',
    'info:doi/10.5072/ma-0042'
  ]) {
    assert.equal(bareDoi(form), '10.5072/ma-0042', form);
  }
  for (const other of [
    '',
    'steel doi:10.5072/x',
    '10.5072/ma-0042',
    'https://doi.org/about',
    'https://doi.org.example.org/10.5072/x',
    'https://store.example.org/10.5072/x.h5'
  ]) {
    assert.equal(bareDoi(other), null, other);
  }
  assert.equal(bareDoi('https://doi.org/10.5072/100%'), '10.5072/100%', 'a lone percent sign');
});
