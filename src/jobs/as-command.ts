import { quoteForShell } from '../ui/quote-for-shell.ts';

/** A word that no line of the script is. */
function endMark(script: string): string {
  const lines = new Set(script.split('\n'));
  let mark = 'END_OF_SCRIPT';
  while (lines.has(mark)) {
    mark += '_';
  }
  return mark;
}

/**
 * The command line that hands the same script to `sbatch` (or runs it with `bash` where there is no batch system).
 * The here-document is quoted: nothing in it is expanded.
 */
export function asCommand(script: string, workdir: string, program: 'sbatch' | 'bash'): string {
  const mark = endMark(script);
  const body = script.endsWith('\n') ? script : `${script}\n`;
  return `cd ${quoteForShell(workdir)} && ${program} <<'${mark}'\n${body}${mark}\n`;
}
