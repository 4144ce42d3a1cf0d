import type { CheckResult } from '#contract';

const words: Readonly<Record<CheckResult['state'], string>> = {
  ok: 'ok     ',
  warning: 'warning',
  failed: 'FAILED ',
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
  { home, user }: { readonly home: string; readonly user: string | undefined }
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
  return user === undefined || user.length < 3
    ? text
    : text.replaceAll(
        new RegExp(
          String.raw`(?<![\w.-])${user.replaceAll(/[^\w]/g, String.raw`\$&`)}(?![\w.-])`,
          'g'
        ),
        '$USER'
      );
}
