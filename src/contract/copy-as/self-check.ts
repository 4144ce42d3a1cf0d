import { commandLine, shell, type CopyAs } from './command.ts';

/** How to check everything from a terminal, or from a monitoring system. */
export function selfCheckCommands(): readonly CopyAs[] {
  return [
    shell('jupyter panosc doctor', commandLine('doctor')),
    shell('jupyter panosc doctor --report', commandLine('doctor', [], ['--report'])),
    shell('jupyter panosc doctor --json', commandLine('doctor', [], ['--json']))
  ];
}
