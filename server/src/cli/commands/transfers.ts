import path from 'node:path';
import {
  finishedTransferStates,
  type Page,
  type ProblemSlug,
  type Transfer,
  type TransferListing
} from '#contract';
import { pullCommands } from '../../../contract/copy-as/pull.ts';
import { textOption, Usage, type Command } from '../command.ts';
import { bytesText } from '../../core/bytes-text.ts';
import { follow, startOne, watchCommand, type Followed } from '../follow.ts';
import { printAs } from '../print-as.ts';
import { durationText, exitCodes, plain, type Terminal } from '../terminal.ts';
import { limitOf, limitOption, sayIfCut } from '../limit.ts';
import { whenText } from '../when.ts';

/** Rows of a list where nobody says how many. */
const USUAL = 100;

function exitCodeOf(transfer: Transfer): number {
  switch (transfer.state) {
    case 'verified':
    case 'as-sent':
      return exitCodes.ok;
    case 'needs-you':
      return exitCodes.needsPerson;
    case 'failed':
    case 'cancelled':
      return exitCodes.failed;
    case 'queued':
    case 'running':
      return exitCodes.ok;
  }
}

const stateWords: Readonly<Record<Transfer['state'], string>> = {
  queued: 'waiting',
  running: 'running',
  'needs-you': 'needs you',
  verified: 'verified: every file agrees with the facility’s checksum',
  'as-sent': 'as sent: complete, but the facility publishes no checksum',
  failed: 'failed',
  cancelled: 'cancelled'
};

function amountText({ state, bytes, bytesTotal, rate, secondsLeft }: Transfer): string {
  if (bytesTotal === null || state === 'verified' || state === 'as-sent') {
    return bytesText(bytes);
  }
  const speed = rate === null ? '' : `, ${bytesText(rate)}/s, ${durationText(secondsLeft)} left`;
  return `${bytesText(bytes)} of ${bytesText(bytesTotal)}${speed}`;
}

/** What a person can mend on this machine, so that the same transfer can go on. */
const mendableHere: readonly string[] = (
  ['disk-full', 'does-not-fit', 'target-not-writable', 'target-exists'] satisfies ProblemSlug[]
).map(slug => `/problems/${slug}`);

/** What helps now, as a command. */
function nextStep({ id, state, problem }: Transfer): string | null {
  if (state === 'needs-you' && problem?.action === 'sign-in') {
    return 'Sign in: jupyter panosc signin';
  }
  if (state !== 'failed' || problem === null) {
    return null;
  }
  if (mendableHere.includes(problem.type)) {
    return `Then go on: jupyter panosc transfer ${id} retry`;
  }
  return problem.action === 'retry' ? `Try again: jupyter panosc transfer ${id} retry` : null;
}

function report(transfer: Transfer, terminal: Terminal): number {
  const { files, problem, to } = transfer;
  const count = files.total === null ? 'not counted yet' : `${files.done} of ${files.total}`;
  terminal.result(transfer, [
    `${transfer.id}  ${plain(transfer.title)}`,
    ...terminal.table([
      ['  state', stateWords[transfer.state]],
      ['  files', count + (files.failed === 0 ? '' : `, ${files.failed} failed`)],
      ['  bytes', amountText(transfer)],
      ['  folder', plain(to)],
      ['  started', whenText(transfer.createdAt, new Date())]
    ])
  ]);
  for (const line of [transfer.notice, problem?.detail ?? null, nextStep(transfer)]) {
    if (line !== null) {
      terminal.say(plain(line));
    }
  }
  return exitCodeOf(transfer);
}

const followed: Followed<'transfer'> = {
  noun: 'transfer',
  path: '/v1/transfers',
  isSettled: ({ state }) => finishedTransferStates.includes(state) || state === 'needs-you',
  drawer: terminal => {
    let told: string | null = null;
    return ({ bytes, bytesTotal, notice, rate, secondsLeft }) => {
      if (notice !== null && notice !== told) {
        told = notice;
        terminal.say(plain(notice));
      }
      terminal.bar(
        bytesTotal === null || bytesTotal === 0 ? null : Math.min(1, bytes / bytesTotal),
        `${bytesText(bytes)}${rate === null ? '' : `  ${bytesText(rate)}/s  ${durationText(secondsLeft)} left`}`
      );
    };
  }
};

/** Pulls a dataset or a URL and waits for the verdict. */
export const pull: Command = {
  usage: 'pull PID_OR_URL',
  summary: 'pull a dataset, or one file, into a folder',
  options: {
    to: {
      type: 'string',
      value: 'DIR',
      help: 'the folder; if not given, the one of the facility profile'
    },
    only: { type: 'string', value: 'GLOB', help: "only files whose name matches, such as '*.h5'" },
    as: {
      type: 'string',
      value: 'PROGRAM',
      help: 'print the command that does the same, and pull nothing: curl, rclone, python'
    },
    'no-wait': { type: 'boolean', help: 'do not wait for the end: it goes on in the background' }
  },
  operands: [1, 1],
  async run(invocation) {
    const { client, terminal } = invocation;
    const source = invocation.positionals[0] ?? '';
    if (/^(?!https?:)[a-z]+:\/\//i.test(source)) {
      throw new Usage('only addresses that begin with https:// or http:// can be pulled');
    }
    const to = textOption(invocation, 'to');
    const only = textOption(invocation, 'only');
    const wanted = {
      ...(/^https?:\/\//i.test(source) ? { url: source } : { pid: source }),
      ...(to === undefined
        ? {}
        : { to: to.startsWith('~') ? to : path.resolve(invocation.cwd, to) }),
      ...(only === undefined ? {} : { only })
    };
    const program = textOption(invocation, 'as');
    if (program !== undefined) {
      const listing = await client.post<TransferListing>('/v1/transfers/listing', wanted);
      printAs(pullCommands(wanted, { listing }), program, terminal);
      return exitCodes.ok;
    }
    const isAlone = invocation.options['no-wait'] === true;
    const transfer = await startOne(client, terminal, followed, {
      body: wanted,
      look: 'See whether it has begun: jupyter panosc transfers',
      begun: isAlone ? null : ({ id, to: folder }) => plain(`${id}: into ${folder}`)
    });
    const exitCode = report(transfer, terminal);
    if (isAlone) {
      terminal.say(
        `It goes on in the background. Watch it: ${watchCommand(followed, transfer.id)}`
      );
    }
    return exitCode;
  }
};

/** How much of it is here: all of so many bytes, or a part. */
function doneText({ state, bytes, bytesTotal }: Transfer): string {
  return bytesTotal === null || bytesTotal === 0 || state === 'verified' || state === 'as-sent'
    ? bytesText(bytes)
    : `${Math.min(100, Math.floor((100 * bytes) / bytesTotal))} %`;
}

/** Lists transfers, newest first. */
export const transfers: Command = {
  usage: 'transfers',
  summary: 'list transfers, newest first',
  options: limitOption('transfers', USUAL),
  operands: [0, 0],
  async run(invocation) {
    const { client, terminal } = invocation;
    const page = await client.get<Page<Transfer>>('/v1/transfers', {
      limit: limitOf(invocation, USUAL)
    });
    const now = new Date();
    const rows = page.items.map(item => ({
      cells: [
        item.id,
        item.state.replace('-', ' '),
        doneText(item),
        item.files.total === null ? '–' : `${item.files.done}/${item.files.total}`,
        whenText(item.createdAt, now),
        plain(item.title)
      ],
      note: plain(item.problem?.detail ?? item.notice ?? '') || null
    }));
    terminal.result(
      page,
      rows.length === 0
        ? ['No transfers yet. Start one: jupyter panosc pull PID']
        : terminal.list(['ID', 'STATE', 'DONE', 'FILES', 'BEGUN', 'NAME'], rows)
    );
    sayIfCut(page, terminal, 'The oldest are not shown.');
    return exitCodes.ok;
  }
};

/** Shows one transfer, or cancels, retries or verifies it. */
export const transfer: Command = {
  usage: 'transfer ID [cancel|retry|verify]',
  summary: 'show a transfer, or act on it',
  options: { wait: { type: 'boolean', help: 'wait for the end' } },
  details: [
    '',
    '  cancel  stop it; complete files stay, half ones are removed',
    '  retry   go on after a failure, and wait for the end',
    '  verify  compare every file with its checksum again, and wait for the end'
  ],
  operands: [1, 2],
  async run({ client, terminal, options, positionals: [id = '', verb] }) {
    const at = `/v1/transfers/${encodeURIComponent(id)}`;
    switch (verb) {
      case undefined:
        return report(
          options['wait'] === true
            ? await follow(client, terminal, followed, id)
            : await client.get<Transfer>(at),
          terminal
        );
      case 'cancel': {
        const ended = await client.post<Transfer>(`${at}/cancel`);
        report(ended, terminal);
        return ended.state === 'cancelled' ? exitCodes.ok : exitCodes.failed;
      }
      case 'retry':
      case 'verify':
        await client.post<Transfer>(`${at}/${verb}`);
        return report(await follow(client, terminal, followed, id), terminal);
      default:
        throw new Usage(`a transfer has no "${plain(verb)}", but: cancel, retry, verify`);
    }
  }
};
