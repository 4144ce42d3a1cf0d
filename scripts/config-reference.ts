import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Config } from '../server/src/config/schema.ts';
import { tablesOf } from './profile-reference.ts';

const EXAMPLES: Readonly<Record<string, string>> = {
  node: "'/opt/node-24/bin/node'",
  state_dir: "'/scratch/alice/panosc'",
  profiles: "['/etc/panosc/profiles']",
  default_profile: "'esrf'",
  companion_log_level: "'warn'",
  options: "{'metrics': True}"
};

/** The traits of the class `Panosc`, with the sentence that `jupyter server --help-all` prints too. */
function traitRows(launcher: string): string[] {
  const traits = [
    ...launcher.matchAll(
      /^ {4}(\w+) = (\w+)\(.*help=(["'])((?:\\.|(?!\3).)*)\3\)\.tag\(config=True\)$/gm
    )
  ];
  if (traits.length !== Object.keys(EXAMPLES).length) {
    throw new Error(
      'scripts/config-reference.ts reads the traits of launcher.py wrongly, or lacks an example.'
    );
  }
  return traits.map(([, name = '', kind = '', , help = '']) => {
    const example = EXAMPLES[name];
    if (example === undefined) {
      throw new Error(`scripts/config-reference.ts has no example for the trait ${name}.`);
    }
    return `| \`c.Panosc.${name}\` | ${kind} | ${help.replaceAll("\\'", "'")} | \`${example}\` |`;
  });
}

/** docs/admin/config-reference.md: how our processes run, from the traits and the schema in code. */
export function configReference(root: string): string {
  const launcher = readFileSync(path.join(root, 'jupyterlab_panosc/launcher.py'), 'utf8');
  return [
    '# Every setting of our processes',
    '',
    'Made from `jupyterlab_panosc/launcher.py` and `server/src/config/schema.ts`. What is behind it: [guide.md](guide.md#settings).',
    '',
    '## What Jupyter sets',
    '',
    'In `jupyter_panosc_config.py` (or `.json`) in a folder of the Jupyter config path: the server extension and `jupyter panosc` both read it.',
    '',
    '| trait | kind | meaning | example |',
    '| --- | --- | --- | --- |',
    ...traitRows(launcher),
    '',
    'Any key of the companion may stand in `c.Panosc.options`, which has the last word. An unknown key or a wrong type ends the companion',
    'at its start, and the panel, `jupyter panosc` and `companion.log` name the key.',
    '',
    ...tablesOf(Config, 'What the companion is started with')
  ].join('\n');
}
