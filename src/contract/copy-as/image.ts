import type { Image } from '../images.ts';
import { comment, commandLine, python, shell, type CopyAs } from './command.ts';
import { pythonLiteral } from './python-literal.ts';
import { quoteForShell } from './quote-for-shell.ts';

/** Something that every image of Linux has. */
const EXAMPLE = 'cat /etc/os-release';
const ABOUT = comment(`Where the repository is mounted; "${EXAMPLE}" stands for your own command.`);

/** How to look at an image and how to run something in it. */
export function imageCommands({
  mountPath,
  ref
}: Pick<Image, 'mountPath' | 'ref'>): readonly CopyAs[] {
  const path = quoteForShell(mountPath);
  const words = ['apptainer', 'exec', mountPath, ...EXAMPLE.split(' ')];
  return [
    shell('apptainer exec', `${ABOUT}apptainer exec ${path} ${EXAMPLE}\n`),
    shell('apptainer inspect', `apptainer inspect ${path}\n`),
    shell('jupyter panosc', commandLine('image', [ref])),
    python(
      `${ABOUT}import subprocess\n\nsubprocess.run([${words.map(pythonLiteral).join(', ')}], check=True)\n`
    )
  ];
}
