import type { EventMap } from '#contract';
import { newId } from '../core/ids.ts';
import { Unreachable, type CompanionClient } from './companion-client.ts';
import { leaveEcho, warn, type Terminal } from './terminal.ts';

/**
 * Does what waits for the companion, and begins anew with its successor when it has died. Throws `Unreachable`
 * with `kept`, which says what becomes of the thing, when none comes.
 */
export async function throughDeaths<T>(
  client: CompanionClient,
  kept: string,
  work: () => Promise<T>
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unreachable)) {
        throw error;
      }
    }
    await client.reattach().catch((error: unknown) => {
      throw new Unreachable(kept, { cause: error });
    });
  }
}

/** Does what a person may stop waiting for: Ctrl-C then says what goes on without them. */
export async function interruptible<T>(
  sentences: () => readonly string[],
  work: () => Promise<T>
): Promise<T> {
  const stop = (): void => {
    leaveEcho();
    sentences().forEach(warn);
    // The shell shall see that it was the signal: a loop in a script then ends, too.
    process.kill(process.pid, 'SIGINT');
  };
  process.once('SIGINT', stop);
  try {
    return await work();
  } finally {
    process.off('SIGINT', stop);
  }
}

/** What commands can wait for; the word is the command's, the event's and the person's alike. */
type Noun = 'job' | 'transfer';
type Thing<N extends Noun> = EventMap[N];

/** How one kind of thing is started and watched. */
export interface Followed<N extends Noun> {
  readonly noun: N;
  /** Path of the list, to which new ones are posted. */
  readonly path: string;
  readonly isSettled: (thing: Thing<N>) => boolean;
  /** Draws each state that is told; made anew for each stream of events. */
  readonly drawer: (terminal: Terminal) => (thing: Thing<N>) => void;
}

export function watchCommand({ noun }: { readonly noun: Noun }, id: string): string {
  return `jupyter panosc ${noun} ${id} --wait`;
}

/** What to do after the companion's death. */
export function keptText({ noun }: { readonly noun: Noun }, command: string): string {
  return `The companion ended; the ${noun} is kept. Go on:\n${command}`;
}

/** What Ctrl-C says. */
function goesOn(client: CompanionClient, kind: { readonly noun: Noun }, id: string): string[] {
  const watch = watchCommand(kind, id);
  if (client.isLost) {
    return [keptText(kind, watch)];
  }
  return [
    `The ${kind.noun} goes on without you.`,
    `Watch it:  ${watch}`,
    `Cancel it: jupyter panosc ${kind.noun} ${id} cancel`
  ];
}

function pathOf<N extends Noun>({ path }: Followed<N>, id: string): string {
  return `${path}/${encodeURIComponent(id)}`;
}

async function watch<N extends Noun>(
  client: CompanionClient,
  terminal: Terminal,
  kind: Followed<N>,
  id: string
): Promise<void> {
  const draw = kind.drawer(terminal);
  for await (const event of client.events()) {
    let thing: Thing<N>;
    if (event.name === 'hello') {
      thing = await client.get<Thing<N>>(pathOf(kind, id));
    } else if (event.name === kind.noun && (event.value as Thing<N>).id === id) {
      thing = event.value as Thing<N>;
    } else {
      continue;
    }
    draw(thing);
    if (kind.isSettled(thing)) {
      break;
    }
  }
}

/** Waits until it has ended or needs the person, whatever becomes of the companion. */
async function untilSettled<N extends Noun>(
  client: CompanionClient,
  terminal: Terminal,
  kind: Followed<N>,
  id: string
): Promise<Thing<N>> {
  return throughDeaths(client, keptText(kind, watchCommand(kind, id)), async () => {
    // A stream that was cut is opened again.
    for (;;) {
      await watch(client, terminal, kind, id);
      const thing = await client.get<Thing<N>>(pathOf(kind, id));
      if (kind.isSettled(thing)) {
        return thing;
      }
    }
  });
}

/** Waits for one that is there already. */
export async function follow<N extends Noun>(
  client: CompanionClient,
  terminal: Terminal,
  kind: Followed<N>,
  id: string
): Promise<Thing<N>> {
  return interruptible(
    () => goesOn(client, kind, id),
    () => untilSettled(client, terminal, kind, id)
  );
}

/**
 * Starts one, exactly once whatever becomes of the companion. `begun` says what is said of it before it is waited for;
 * null: nobody waits. `look` says how a person sees whether it was started.
 */
export async function startOne<N extends Noun>(
  client: CompanionClient,
  terminal: Terminal,
  kind: Followed<N>,
  wanted: {
    readonly body: object;
    readonly look: string;
    readonly begun: ((thing: Thing<N>) => string) | null;
  }
): Promise<Thing<N>> {
  const { begun, body, look } = wanted;
  const key = newId('k');
  let id: string | null = null;
  return interruptible(
    () => (id === null ? [look] : goesOn(client, kind, id)),
    async () => {
      const kept = `The companion ended before it had answered. ${look}`;
      const started = await throughDeaths(client, kept, () =>
        client.post<Thing<N>>(kind.path, body, key)
      );
      id = started.id;
      if (begun === null) {
        return started;
      }
      terminal.say(begun(started));
      return untilSettled(client, terminal, kind, id);
    }
  );
}
