import { constants } from 'node:fs';
import { access, lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../core/error-code.ts';
import { problem } from '../core/problem.ts';
import { diskProblem } from './puller/failure-problem.ts';

const refusing = new Set(['EACCES', 'EPERM', 'EROFS']);

type Place = 'folder' | 'other' | 'nothing';

async function placeAt(where: string): Promise<Place> {
  try {
    return (await stat(where)).isDirectory() ? 'folder' : 'other';
  } catch {
    // A link that leads nowhere is in the way too.
    return lstat(where).then(
      () => 'other' as const,
      () => 'nothing' as const
    );
  }
}

/**
 * Says before a pull what would stop it for certain: a file where the folder should be, or a folder that may not
 * be written. Nothing is written for it.
 */
export async function refuseUnusableFolder(folder: string): Promise<void> {
  for (let where = folder; ; where = path.dirname(where)) {
    const place = await placeAt(where);
    if (place === 'other') {
      throw problem(
        'target-exists',
        where === folder
          ? `${folder} is a file, not a folder. Choose another folder.`
          : `${where} is a file, so there can be no folder below it. Choose another folder.`
      );
    }
    if (place === 'folder') {
      const code = await access(where, constants.W_OK | constants.X_OK).then(() => null, errorCode);
      if (code !== null && refusing.has(code)) {
        throw diskProblem(code, folder);
      }
      return;
    }
    if (where === path.dirname(where)) {
      return;
    }
  }
}
