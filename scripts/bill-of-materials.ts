/**
 * What the wheel carries of others: which packages, under which licences, with their texts.
 * Made by `server/build.mjs` from the files that really went into the bundles, so that it cannot name more or less.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One package of others that is inside a bundle. */
export interface Shipped {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
  /** SRI hash of the package's archive, from the lock file; null where that does not say it. */
  readonly integrity: string | null;
  readonly bundle: 'companion' | 'browser';
}

/** Licences that let everybody use and pass on what we ship (https://spdx.org/licenses/). */
const ALLOWED = new Set(
  `0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause CC0-1.0 ISC MIT MIT-0 Python-2.0 Unlicense`.split(
    ' '
  )
);

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

/** Packages whose archive has no licence file: what their source files say, and the text that they name. */
const WITHOUT_FILE: Readonly<Record<string, string>> = {
  'qrcode-generator': `Copyright (c) 2009 Kazuhiko Arase\nhttp://www.d-project.com/\n\n${MIT}`
};

/** Whether an SPDX expression leaves a way to use it under an allowed licence. */
export function isAllowed(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, '')
    .split(/ OR /i)
    .some(choice => choice.split(/ AND /i).every(one => ALLOWED.has(one.trim())));
}

/** The folder of the package that a bundled file is from; null for a file of our own. */
function packageFolder(file: string): string | null {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? null;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
}

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly integrity?: string }>>;
}

function read(folder: string, integrity: string | null): Shipped {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8')
  ) as Manifest;
  if (typeof license !== 'string') {
    throw new Error(`${name} ${version} does not say its licence as an SPDX expression.`);
  }
  const files = readdirSync(folder).filter(file => /^(licen[cs]e|copying|notice)/i.test(file));
  const text =
    files.length === 0
      ? WITHOUT_FILE[name]
      : files.map(file => readFileSync(path.join(folder, file), 'utf8').trim()).join('\n\n');
  if (text === undefined) {
    throw new Error(`${name} ${version} has no licence file: its text has to be found.`);
  }
  return { name, version, licence: license, text, integrity, bundle: 'companion' };
}

/** The packages of the files (relative to `root`) that went into the companion's bundle. */
export function companionPackages(root: string, files: readonly string[]): Shipped[] {
  const lockFile = path.join(root, 'package-lock.json');
  const lock = existsSync(lockFile) ? (JSON.parse(readFileSync(lockFile, 'utf8')) as Lock) : {};
  const folders = new Set(files.map(packageFolder).filter(folder => folder !== null));
  return [...folders].map(folder =>
    read(path.join(root, folder), lock.packages?.[folder]?.integrity ?? null)
  );
}

interface BrowserReport {
  readonly packages: readonly {
    readonly name: string;
    readonly versionInfo: string;
    readonly licenseId: string;
    readonly extractedText: string;
  }[];
}

/** The packages in the browser's bundles, as JupyterLab's builder reports them; none before that was built. */
export function browserPackages(report: string): Shipped[] {
  if (!existsSync(report)) {
    return [];
  }
  const { packages } = JSON.parse(readFileSync(report, 'utf8')) as BrowserReport;
  return packages.map(({ name, versionInfo, licenseId, extractedText }) => ({
    name,
    version: versionInfo,
    licence: licenseId,
    text: extractedText.trim(),
    integrity: null,
    bundle: 'browser'
  }));
}

/** One entry a package and version, sorted; throws where a licence is not one of those that we may pass on. */
export function checked(packages: readonly Shipped[]): Shipped[] {
  const bad = packages.filter(({ licence, text }) => !isAllowed(licence) || text === '');
  if (bad.length > 0) {
    const names = bad.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
    throw new Error(
      `These packages may not be shipped as they are: ${names.join(', ')}. Allowed licences stand in scripts/bill-of-materials.ts.`
    );
  }
  const byName = new Map(packages.map(one => [`${one.name}@${one.version}`, one]));
  return [...byName.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** The notices that the licences want to be passed on. */
export function notices(packages: readonly Shipped[]): string {
  const rule = '-'.repeat(78);
  return [
    'jupyterlab-panosc carries parts of the packages below. Each is under its own licence, whose text follows its name.',
    ...packages.map(
      ({ name, version, licence, bundle, text }) =>
        `${rule}\n${name} ${version} (${licence}; in the ${bundle}'s bundle)\n\n${text}`
    ),
    ''
  ].join('\n\n');
}

/** Python packages that are installed beside the wheel; what is optional may be left out. */
function pythonRequirements(pyproject: string): { name: string; isOptional: boolean }[] {
  const listOf = (key: string): string[] =>
    JSON.parse(new RegExp(`^${key} = (\\[.*\\])$`, 'm').exec(pyproject)?.[1] ?? '[]') as string[];
  const named = (isOptional: boolean) => (text: string) => ({
    name: /^[\w.-]+/.exec(text)?.[0].toLowerCase().replaceAll('_', '-') ?? text,
    isOptional
  });
  return [...listOf('dependencies').map(named(false)), ...listOf('node').map(named(true))];
}

function npmUrl({ name, version }: Shipped): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** A bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). */
export function cycloneDx(
  packages: readonly Shipped[],
  { version, pyproject }: { readonly version: string; readonly pyproject: string }
): string {
  const own = `pkg:pypi/jupyterlab-panosc@${version}`;
  const bundled = packages.map(one => {
    const [group, name] = one.name.startsWith('@') ? one.name.split('/') : [undefined, one.name];
    return {
      type: 'library',
      'bom-ref': npmUrl(one),
      ...(group === undefined ? {} : { group }),
      name,
      version: one.version,
      scope: 'required',
      ...(one.integrity?.startsWith('sha512-') === true
        ? {
            hashes: [
              {
                alg: 'SHA-512',
                content: Buffer.from(one.integrity.slice(7), 'base64').toString('hex')
              }
            ]
          }
        : {}),
      licenses: / (OR|AND|WITH) /.test(one.licence)
        ? [{ expression: one.licence }]
        : [{ license: { id: one.licence } }],
      purl: npmUrl(one),
      properties: [{ name: 'panosc:bundle', value: one.bundle }]
    };
  });
  const beside = pythonRequirements(pyproject).map(({ name, isOptional }) => ({
    type: 'library',
    'bom-ref': `pkg:pypi/${name}`,
    name,
    scope: isOptional ? 'optional' : 'required',
    purl: `pkg:pypi/${name}`,
    properties: [{ name: 'panosc:bundle', value: 'none: installed beside the wheel' }]
  }));
  const components = [...bundled, ...beside];
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': own,
        name: 'jupyterlab-panosc',
        version,
        licenses: [{ license: { id: 'BSD-3-Clause' } }],
        purl: own
      }
    },
    components,
    dependencies: [{ ref: own, dependsOn: components.map(component => component['bom-ref']) }]
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** Writes both files beside the companion, and says how many packages they name. */
export function writeBillOfMaterials(root: string, out: string, files: readonly string[]): number {
  const packages = checked([
    ...companionPackages(root, files),
    ...browserPackages(
      path.join(root, 'jupyterlab_panosc/labextension/static/third-party-licenses.json')
    )
  ]);
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
  const pyproject = readFileSync(path.join(root, 'pyproject.toml'), 'utf8');
  writeFileSync(path.join(out, 'THIRD-PARTY-LICENSES.txt'), notices(packages));
  writeFileSync(path.join(out, 'sbom.cdx.json'), cycloneDx(packages, { version, pyproject }));
  return packages.length;
}
