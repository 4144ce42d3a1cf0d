import path from 'node:path';
import { finishedTransferStates, type Page, type Transfer } from '#contract';
import type { CompanionClient } from '../companion-client.ts';
import { textOption, Usage, type Command } from '../command.ts';
import { bytesText } from '../../core/bytes-text.ts';
import { durationText, exitCodes, plain, type Terminal } from '../terminal.ts';

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

function report(transfer: Transfer, terminal: Terminal): number {
  const { files } = transfer;
  terminal.result(transfer, [
    `${transfer.id}  ${plain(transfer.title)}`,
    `  ${stateWords[transfer.state]}`,
    `  ${files.done} of ${files.total ?? '–'} files, ${bytesText(transfer.bytes)} in ${plain(transfer.to)}`
  ]);
  if (transfer.problem !== null) {
    terminal.say(plain(transfer.problem.detail));
  }
  return exitCodeOf(transfer);
}

function isSettled(transfer: Transfer): boolean {
  return finishedTransferStates.includes(transfer.state) || transfer.state === 'needs-you';
}

/** Waits until the transfer has ended or needs the person; a stream that was cut is opened again. */
async function follow(client: CompanionClient, terminal: Terminal, id: string): Promise<Transfer> {
  for (;;) {
    await watch(client, terminal, id);
    const transfer = await client.get<Transfer>(`/v1/transfers/${id}`);
    if (isSettled(transfer)) {
      return transfer;
    }
  }
}

async function watch(client: CompanionClient, terminal: Terminal, id: string): Promise<void> {
  let latest: Transfer | null = null;
  for await (const event of client.events()) {
    if (event.name === 'hello') {
      latest = await client.get<Transfer>(`/v1/transfers/${id}`);
    } else if (event.name === 'transfer' && event.value.id === id) {
      latest = event.value;
    } else {
      continue;
    }
    const { bytes, bytesTotal, rate, secondsLeft } = latest;
    terminal.bar(
      bytesTotal === null || bytesTotal === 0 ? null : Math.min(1, bytes / bytesTotal),
      `${bytesText(bytes)}${rate === null ? '' : `  ${bytesText(rate)}/s  ${durationText(secondsLeft)} left`}`
    );
    if (isSettled(latest)) {
      break;
    }
  }
}

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
    'no-wait': { type: 'boolean', help: 'do not wait for the end: it goes on in the background' }
  },
  operands: [1, 1],
  async run(invocation) {
    const { client, terminal } = invocation;
    const source = invocation.positionals[0] ?? '';
    const to = textOption(invocation, 'to');
    const only = textOption(invocation, 'only');
    const transfer = await client.post<Transfer>('/v1/transfers', {
      ...(/^https?:\/\//.test(source) ? { url: source } : { pid: source }),
      ...(to === undefined
        ? {}
        : { to: to.startsWith('~') ? to : path.resolve(invocation.cwd, to) }),
      ...(only === undefined ? {} : { only })
    });
    if (invocation.options['no-wait'] === true) {
      terminal.say('It goes on in the background; see: jupyter panosc transfers');
      return report(transfer, terminal);
    }
    return report(await follow(client, terminal, transfer.id), terminal);
  }
};

/** Lists transfers, newest first. */
export const transfers: Command = {
  usage: 'transfers',
  summary: 'list transfers, newest first',
  options: {},
  operands: [0, 0],
  async run({ client, terminal }) {
    const page = await client.get<Page<Transfer>>('/v1/transfers', { limit: 100 });
    const rows = page.items.map(item => [
      item.id,
      item.state,
      bytesText(item.bytes),
      plain(item.title)
    ]);
    terminal.result(
      page,
      rows.length === 0
        ? ['No transfers yet. Start one: jupyter panosc pull PID']
        : terminal.table(rows)
    );
    return exitCodes.ok;
  }
};

/** Shows one transfer, or cancels, retries or verifies it. */
export const transfer: Command = {
  usage: 'transfer ID [cancel|retry|verify]',
  summary: 'show a transfer, or act on it',
  options: {},
  details: [
    '',
    '  cancel  stop it; what has come stays for a retry',
    '  retry   go on after a failure, and wait for the end',
    '  verify  compare every file with its checksum again, and wait for the end'
  ],
  operands: [1, 2],
  async run({ client, terminal, positionals: [id, verb] }) {
    const at = `/v1/transfers/${encodeURIComponent(id ?? '')}`;
    switch (verb) {
      case undefined:
        return report(await client.get<Transfer>(at), terminal);
      case 'cancel': {
        const ended = await client.post<Transfer>(`${at}/cancel`);
        report(ended, terminal);
        return ended.state === 'cancelled' ? exitCodes.ok : exitCodes.failed;
      }
      case 'retry':
      case 'verify':
        await client.post<Transfer>(`${at}/${verb}`);
        return report(await follow(client, terminal, id ?? ''), terminal);
      default:
        throw new Usage(`a transfer has no "${verb}"`);
    }
  }
};
