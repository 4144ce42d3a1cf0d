import { createServer, type Server } from 'node:net';

/** What is counted on one machine: places for pulls, and connections beside the one that each pull has. */
export type SlotKind = 'pull' | 'stream';

/** A place on this machine. The kernel takes it back when the process ends, by whatever death. */
export interface Slot {
  release(): void;
}

/** A way to take one of so many places on this machine; null when all are taken. */
export type TakeSlot = (kind: SlotKind, count: number) => Promise<Slot | null>;

const PREFIX = 'jupyterlab-panosc';

/**
 * A place is the right to a name among the abstract unix sockets of Linux (unix(7)): one process has it, there is no
 * file to leave behind, to link elsewhere or to believe, and nothing is ever said over it. Everybody on the machine may
 * take any name, so nobody may wait for ever. See docs/adr/0004-places-on-a-machine.md.
 */
export function abstractSlots(prefix = PREFIX): TakeSlot {
  return async (kind, count) => {
    // Not always from the first: who asks at the same time as others finds a free one sooner.
    const first = Math.floor(Math.random() * count);
    for (let step = 0; step < count; step++) {
      const slot = await bind(`\0${prefix}.${kind}.${(first + step) % count}`);
      if (slot !== null) {
        return slot;
      }
    }
    return null;
  };
}

/** Null where the kernel has no such names: caps for each person hold there, and none for the machine. */
export function systemSlots(): TakeSlot | null {
  return process.platform === 'linux' ? abstractSlots() : null;
}

function bind(name: string): Promise<Slot | null> {
  const server: Server = createServer(connection => connection.destroy());
  server.unref();
  return new Promise(resolve => {
    // Whatever the reason, this place cannot be had now.
    server.once('error', () => resolve(null));
    server.listen({ path: name, backlog: 1 }, () =>
      resolve({ release: () => void server.close() })
    );
  });
}
