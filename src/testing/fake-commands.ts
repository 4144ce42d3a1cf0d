import type { JupyterFrontEnd } from '@jupyterlab/application';

/** A command registry that only remembers what was executed. */
export class FakeCommands {
  readonly executed: (readonly [string, unknown])[] = [];
  /** What code under test gets. */
  readonly registry = {
    execute: (id: string, args: unknown = {}): Promise<void> => {
      this.executed.push([id, args]);
      return Promise.resolve();
    }
  } as unknown as JupyterFrontEnd['commands'];
}
