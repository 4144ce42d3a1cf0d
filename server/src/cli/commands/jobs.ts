import { readFileSync } from 'node:fs';
import path from 'node:path';
import { finishedJobStates, type Job, type JobLog, type JobRequest, type Page } from '#contract';
import type { CompanionClient } from '../companion-client.ts';
import { numberOption, textOption, Usage, type Command, type Invocation } from '../command.ts';
import { durationText, exitCodes, plain, type Terminal } from '../terminal.ts';
import { follow, keptText, startOne, throughDeaths, type Followed } from '../follow.ts';
import { parseTime } from '../time-limit.ts';
import { limitOf, limitOption, sayIfCut } from '../limit.ts';
import { whenText } from '../when.ts';

/** Rows of a list where nobody says how many. */
const USUAL = 100;

const LOG_POLL_MS = 1000;

/** The scheduler's own number, where it has one. */
function numberOf({ id, jobId }: Job): string {
  return jobId === null || jobId === id ? '' : jobId;
}

function report(job: Job, terminal: Terminal): void {
  const { elapsedSeconds, exitCode, gpus, reason, state } = job;
  const said = reason === null ? wordFor(state) : `${wordFor(state)}: ${reason}`;
  terminal.result(job, [
    `${job.id}  ${plain(job.name)}`,
    ...terminal.table([
      [
        '  state',
        plain(state === 'failed' && exitCode !== null ? `${said} (exit code ${exitCode})` : said)
      ],
      ['  where', plain(`${job.clusterTitle} ${numberOf(job)}`)],
      ['  time', elapsedSeconds === null ? 'not started' : durationText(elapsedSeconds)],
      ...(gpus.granted === null ? [] : [['  GPUs', plain(gpus.granted)]]),
      ...(job.ranWithoutImage
        ? [['  image', 'ran WITHOUT the image, as this facility profile allows']]
        : []),
      ['  log', `jupyter panosc job ${job.id} log`],
      ...(job.resultPath === null ? [] : [['  result', plain(job.resultPath)]])
    ])
  ]);
  if (job.problem !== null) {
    terminal.say(plain(job.problem.detail));
  }
}

function wordFor(state: Job['state']): string {
  return state.replaceAll('-', ' ');
}

function exitCodeOf(job: Job): number {
  return job.state === 'completed' && job.problem === null ? exitCodes.ok : exitCodes.failed;
}

const followed: Followed<'job'> = {
  noun: 'job',
  path: '/v1/jobs',
  isSettled: job => finishedJobStates.includes(job.state),
  drawer: terminal => {
    let told: string | null = null;
    return job => {
      const trouble = job.problem?.detail ?? null;
      if (trouble !== null && trouble !== told) {
        terminal.say(plain(trouble));
      }
      told = trouble;
      const time = job.elapsedSeconds === null ? '' : ` ${durationText(job.elapsedSeconds)}`;
      terminal.bar(null, wordFor(job.state) + time);
    };
  }
};

function parseGpus(text: string | undefined): JobRequest['gpus'] {
  if (text === undefined) {
    return undefined;
  }
  const match = /^(?:([A-Za-z][\w.-]*):)?(\d{1,4})$/.exec(text);
  if (match === null) {
    throw new Usage('--gpus is TYPE:N or N, for example a40:1');
  }
  return { ...(match[1] === undefined ? {} : { type: match[1] }), count: Number(match[2]) };
}

function requestOf(invocation: Invocation): JobRequest {
  const file = path.resolve(invocation.cwd, invocation.positionals[0] ?? '');
  let script: string;
  try {
    script = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Usage(`the script ${file} cannot be read`, { cause: error });
  }
  const option = (name: string): string | undefined => textOption(invocation, name);
  const time = option('time');
  const binds = invocation.options['bind'];
  const request = {
    name: option('name') ?? path.basename(file).replace(/\.[^.]*$/, ''),
    script,
    workdir: path.resolve(invocation.cwd, option('workdir') ?? '.'),
    cluster: option('cluster'),
    partition: option('partition'),
    account: option('account'),
    timeMinutes: time === undefined ? undefined : parseTime(time),
    cpus: numberOption(invocation, 'cpus', [1, 100_000]),
    memoryMB: numberOption(invocation, 'mem', [1, 100_000_000]),
    gpus: parseGpus(option('gpus')),
    image: option('image'),
    comment: option('comment'),
    result: option('result'),
    binds: (Array.isArray(binds) ? binds : []).map(bind => ({
      path: path.resolve(invocation.cwd, String(bind)),
      write: false
    }))
  };
  return JSON.parse(JSON.stringify(request)) as JobRequest;
}

/** Submits a script. */
export const submit: Command = {
  usage: 'submit SCRIPT',
  summary: 'submit a script as a batch job',
  options: {
    partition: { type: 'string', value: 'P', help: 'where it queues' },
    time: { type: 'string', value: 'T', help: 'time limit: minutes, HH:MM:SS or D-HH:MM:SS' },
    gpus: {
      type: 'string',
      value: 'TYPE:N',
      help: 'GPUs, such as a40:1; see: jupyter panosc gpus'
    },
    image: {
      type: 'string',
      value: 'REPO:PATH',
      help: 'run in this image; see: jupyter panosc images'
    },
    wait: { type: 'boolean', help: 'wait for the end; exit 0 only if the job has completed' },
    name: { type: 'string', value: 'NAME', help: 'its name; if not given, the name of the script' },
    workdir: {
      type: 'string',
      value: 'DIR',
      help: 'the folder it runs in; if not given, this one'
    },
    cpus: { type: 'string', value: 'N', help: 'CPU cores' },
    mem: { type: 'string', value: 'MB', help: 'memory in MB' },
    account: { type: 'string', value: 'A', help: 'whose computing time it uses' },
    bind: {
      type: 'string',
      multiple: true,
      value: 'DIR',
      help: 'a folder that the image shall see, read-only; may be given again'
    },
    result: {
      type: 'string',
      value: 'FILE',
      help: 'the picture or table that it writes, below the folder'
    },
    comment: { type: 'string', value: 'TEXT', help: 'a comment for yourself' },
    cluster: { type: 'string', value: 'ID', help: 'which cluster, where the facility has several' }
  },
  operands: [1, 1],
  async run(invocation) {
    const { client, terminal } = invocation;
    const isAlone = invocation.options['wait'] !== true;
    const job = await startOne(client, terminal, followed, {
      body: requestOf(invocation),
      look: 'See whether it was submitted: jupyter panosc jobs',
      begun: isAlone ? null : ({ id }) => `${id}: submitted`
    });
    report(job, terminal);
    if (isAlone) {
      // Without a number nobody has said that they took it.
      const isTaken = job.jobId !== null && job.state !== 'refused' && job.state !== 'failed';
      return isTaken ? exitCodes.ok : exitCodes.failed;
    }
    return exitCodeOf(job);
  }
};

/** Lists jobs, newest first. */
export const jobs: Command = {
  usage: 'jobs',
  summary: 'list jobs, newest first',
  options: limitOption('jobs', USUAL),
  operands: [0, 0],
  async run(invocation) {
    const { client, terminal } = invocation;
    const page = await client.get<Page<Job>>('/v1/jobs', {
      limit: limitOf(invocation, USUAL)
    });
    const now = new Date();
    const hasNumbers = page.items.some(item => numberOf(item) !== '');
    const rows = page.items.map(item => ({
      cells: [
        item.id,
        wordFor(item.state),
        ...(hasNumbers ? [numberOf(item)] : []),
        durationText(item.elapsedSeconds),
        whenText(item.submittedAt ?? item.createdAt, now),
        plain(item.name)
      ],
      note: plain(item.problem?.detail ?? item.reason ?? '')
    }));
    terminal.result(
      page,
      rows.length === 0
        ? ['No jobs yet. Start one: jupyter panosc submit SCRIPT']
        : terminal.list(
            ['ID', 'STATE', ...(hasNumbers ? ['NUMBER'] : []), 'TIME', 'SENT', 'NAME'],
            rows
          )
    );
    sayIfCut(page, terminal, 'The oldest are not shown.');
    return exitCodes.ok;
  }
};

async function printLog(client: CompanionClient, terminal: Terminal, id: string): Promise<void> {
  const whole: string[] = [];
  let offset = 0;
  const kept = keptText(followed, `jupyter panosc job ${id} log`);
  for (;;) {
    const part = await throughDeaths(client, kept, () =>
      client.get<JobLog>(`/v1/jobs/${encodeURIComponent(id)}/log`, { offset })
    );
    if (terminal.isJson) {
      whole.push(part.text);
    } else {
      terminal.raw(part.text);
    }
    if (part.complete && part.next === offset) {
      break;
    }
    if (part.next === offset) {
      await new Promise(resolve => setTimeout(resolve, LOG_POLL_MS));
    }
    offset = part.next;
  }
  if (terminal.isJson) {
    terminal.result({ text: whole.join('') }, []);
  }
}

/** Shows one job, follows its log, or cancels it. */
export const job: Command = {
  usage: 'job ID [log|cancel]',
  summary: 'show a job, or act on it',
  options: { wait: { type: 'boolean', help: 'wait for the end; exit 0 only if it has completed' } },
  details: [
    '',
    '  log     print its output, and go on until it ends',
    '  cancel  end it, and wait until the scheduler says that it has ended'
  ],
  operands: [1, 2],
  async run({ client, terminal, options, positionals: [id = '', verb] }) {
    const at = `/v1/jobs/${encodeURIComponent(id)}`;
    switch (verb) {
      case undefined: {
        if (options['wait'] === true) {
          const ended = await follow(client, terminal, followed, id);
          report(ended, terminal);
          return exitCodeOf(ended);
        }
        report(await client.get<Job>(at), terminal);
        return exitCodes.ok;
      }
      case 'log':
        await printLog(client, terminal, id);
        return exitCodes.ok;
      case 'cancel': {
        const ended = await client.post<Job>(`${at}/cancel`);
        report(ended, terminal);
        return ended.state === 'cancelled' ? exitCodes.ok : exitCodes.failed;
      }
      default:
        throw new Usage(`a job has no "${plain(verb)}", but: log, cancel`);
    }
  }
};
