import type { TranslationBundle } from '@jupyterlab/translation';
import { quotePath } from '../contract/copy-as/quote-for-shell.ts';

/** What the template is filled with. */
export interface ITemplateParts {
  /** Folder with the data, such as a pulled transfer. */
  readonly inputs?: string | undefined;
  /** File beside the script that the job runs. */
  readonly program?: string | undefined;
}

/** One comment line: what a translation holds must not end the comment. */
function comment(text: string): string {
  return `# ${text.replace(/\s+/g, ' ')}`;
}

/** The script that a new job starts with: short, and each line says why it is there. */
export function scriptTemplate(parts: ITemplateParts, trans: TranslationBundle): string {
  const { inputs, program } = parts;
  const run =
    program === undefined
      ? [
          comment(trans.__('Put your own command here. What it prints becomes the log.')),
          inputs === undefined ? 'echo "Hello from $(hostname)"' : 'ls -l "$INPUTS"'
        ]
      : [
          comment(trans.__('What it prints becomes the log.')),
          `${program.endsWith('.py') ? 'python3' : 'bash'} ${quotePath(program)}${inputs === undefined ? '' : ' "$INPUTS"'}`
        ];
  return [
    '#!/bin/bash',
    comment(trans.__('Stop at the first command that fails.')),
    'set -euo pipefail',
    '',
    ...(inputs === undefined
      ? []
      : [comment(trans.__('The folder with your data.')), `INPUTS=${quotePath(inputs)}`, '']),
    ...run,
    ''
  ].join('\n');
}
