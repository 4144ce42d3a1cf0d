import type { CheckResult } from '#contract';

const words: Readonly<Record<CheckResult['state'], string>> = {
  ok: 'ok     ',
  warning: 'warning',
  failed: 'FAILED ',
  unknown: 'unknown',
  skipped: '–      '
};

/** What stands above the lines of a report. */
export interface ReportHead {
  readonly version: string;
  readonly node: string;
  readonly system: string;
  readonly facility: string;
  readonly at: string;
}

/**
 * A text that a person can send to whoever helps. It holds no token by construction: checks see none.
 * The person's name and home folder are left out.
 */
export function writeReport(
  head: ReportHead,
  checks: readonly CheckResult[],
  { home, names }: { readonly home: string; readonly names: readonly (string | null | undefined)[] }
): string {
  const lines = [
    `jupyterlab-panosc ${head.version} · Node ${head.node} · ${head.system}`,
    `facility: ${head.facility} · ${head.at}`,
    '',
    ...checks.flatMap(({ cure, id, state, text }) => [
      `${words[state]}  ${id}: ${text}`,
      ...(cure === null ? [] : [`         → ${cure}`])
    ])
  ];
  const text = `${lines.join('\n')}\n`.replaceAll(home === '/' ? '\0' : home, '~');
  return names.reduce<string>(withoutName, text);
}

function withoutName(text: string, name: string | null | undefined): string {
  return name == null || name.length < 3
    ? text
    : text.replaceAll(
        new RegExp(
          String.raw`(?<![\w.-])${name.replaceAll(/[^\w]/g, String.raw`\$&`)}(?![\w.-])`,
          'g'
        ),
        () => '$USER'
      );
}
