import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startFacility, type DemoFacility } from '../../../demo/facility.ts';
import type { CopyAs } from '../../contract/copy-as/command.ts';
import { CompanionProcess } from '../support/companion-process.ts';

const main = path.resolve(import.meta.dirname, '../../src/main.ts');
const venv = path.resolve(import.meta.dirname, '../../../.venv/bin');

/** Names that a facility may have, and that a careless command would stumble over. */
export const silicon = ['scan_1.h5', '-rf.h5', "it's $(id) [2] ü.h5"] as const;
export const ceria = ['ceria.h5'] as const;

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The demo facility with small data, a companion on it, and a shell as a person has it. */
export class CopyAsDemo {
  readonly facility: DemoFacility;
  readonly companion: CompanionProcess;
  readonly bin: string;
  readonly bytesOf: ReadonlyMap<string, Buffer>;
  readonly #home: string;
  readonly #said = new Map<CopyAs, string>();

  private constructor(
    facility: DemoFacility,
    companion: CompanionProcess,
    home: string,
    bytesOf: ReadonlyMap<string, Buffer>
  ) {
    this.facility = facility;
    this.companion = companion;
    this.#home = home;
    this.bytesOf = bytesOf;
    this.bin = path.join(home, 'bin');
  }

  static async start(root: string): Promise<CopyAsDemo> {
    const dataRoot = path.join(root, 'store');
    const bytesOf = new Map<string, Buffer>();
    const add = (folder: string, names: readonly string[]): void => {
      mkdirSync(path.join(dataRoot, folder), { recursive: true });
      for (const name of names) {
        const bytes = randomBytes(200_000);
        bytesOf.set(name, bytes);
        writeFileSync(path.join(dataRoot, folder, name), bytes);
      }
    };
    add('proposals/hc-5432', silicon);
    add('open/ceo2', ceria);
    writeFileSync(
      path.join(dataRoot, 'proposals/hc-5432/SHA256SUMS'),
      silicon.map(name => `${sha256(bytesOf.get(name))}  ${name}\n`).join('')
    );
    // The demo makes its own large data only where this stamp is missing.
    writeFileSync(path.join(dataRoot, 'version-1'), '');
    const facility = await startFacility({
      stateDir: path.join(root, 'demo'),
      dataRoot,
      python: 'python3',
      bytesPerSecond: 0
    });
    const companion = new CompanionProcess(path.join(root, 'state'), {
      profilePaths: [facility.profileFile],
      defaultProfile: 'demo',
      insecureLoopback: true,
      lingerMs: 600_000
    });
    await companion.attach();
    const demo = new CopyAsDemo(facility, companion, path.join(root, 'home'), bytesOf);
    mkdirSync(demo.bin, { recursive: true });
    makePrograms(demo.bin);
    return demo;
  }

  /** Runs a copied command as it was pasted, in a new folder of its own or the given one. */
  async run(
    command: CopyAs,
    env: Readonly<Record<string, string>> = {},
    after = ''
  ): Promise<Ended> {
    const { language, text: words } = command;
    const [program, ...args] =
      language === 'python' ? ['python3', '-'] : ['sh', '-c', words + after];
    const child = spawn(program ?? '', args, {
      cwd: this.#home,
      env: {
        PATH: `${this.bin}:${process.env['PATH'] ?? ''}:${venv}`,
        HOME: this.#home,
        LANG: 'C.UTF-8',
        no_proxy: '*',
        PANOSC_SOCKET_FILE: path.join(this.companion.stateDir, 'companion.json'),
        ...env
      },
      stdio: ['pipe', 'pipe', 'pipe']
    });
    this.#said.set(command, '');
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) =>
        this.#said.set(command, this.said(command) + piece.toString())
      );
    }
    // One that ends without reading is judged by how it ends.
    child.stdin.on('error', () => undefined);
    child.stdin.end(language === 'python' ? words : '');
    const exit = new Promise<number | null>(resolve => child.on('exit', resolve));
    const [code, stdout, stderr] = await Promise.all([
      exit,
      text(child.stdout),
      text(child.stderr)
    ]);
    return { code, stdout, stderr };
  }

  /** What the command has said until now. */
  said(command: CopyAs): string {
    return this.#said.get(command) ?? '';
  }

  async makeFolder(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
  }

  async stop(): Promise<void> {
    this.companion.child.kill('SIGTERM');
    await this.companion.exited;
    await this.facility.close();
  }
}

/** `jupyter panosc` as its launcher starts it, and an Apptainer that says what it was asked and runs what follows. */
export function makePrograms(bin: string): void {
  const program = (name: string, script: string): void => {
    const file = path.join(bin, name);
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  };
  program('jupyter', `#!/bin/sh\nshift\nexec '${process.execPath}' '${main}' cli "$@"\n`);
  program(
    'apptainer',
    `#!/bin/sh
verb=$1
while [ $# -gt 0 ]; do
  case $1 in
    --pwd) cd "$2" || exit 2 ;;
    /cvmfs/*) image=$1; shift; break ;;
  esac
  shift
done
[ -n "$image" ] || exit 2
printf '%s %s\\n' "$verb" "$image"
[ "$verb" = inspect ] || exec "$@"
`
  );
}

export function sha256(bytes: Buffer | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
}

/** Where a program is missing, its commands are skipped, and that is said. */
export function hasProgram(name: string): boolean {
  const { status } = spawnSync('sh', ['-c', `command -v ${name}`], {
    env: { PATH: `${process.env['PATH'] ?? ''}:${venv}` }
  });
  return status === 0;
}
