import type { JupyterFrontEnd } from '@jupyterlab/application';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

type CommandOptions = Parameters<JupyterFrontEnd['commands']['addCommand']>[1];

/** A command registry that only remembers what was added and executed. */
export class FakeCommands {
  readonly executed: (readonly [string, unknown])[] = [];
  readonly added = new Map<string, CommandOptions>();
  /** What code under test gets. */
  readonly registry = {
    addCommand: (id: string, options: CommandOptions): IDisposable => {
      this.added.set(id, options);
      return new DisposableDelegate(() => this.added.delete(id));
    },
    execute: (id: string, args: unknown = {}): Promise<void> => {
      this.executed.push([id, args]);
      return Promise.resolve();
    }
  } as unknown as JupyterFrontEnd['commands'];
}
