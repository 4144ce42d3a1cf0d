import { Unreachable, type CompanionClient } from './companion-client.ts';
import { leaveEcho, warn } from './terminal.ts';

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
