import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Mistake, Path } from './profile-mistakes.ts';
import type { Profile } from './profile.ts';

const MAX_BYTES = 1_000_000;

type Kind = 'authority' | 'key' | 'secret';

interface NamedFile {
  readonly place: Path;
  readonly name: string | undefined;
  readonly kind: Kind;
}

function filesOf({ providers, repositories, stores }: Profile): NamedFile[] {
  const authorities = Object.entries({ providers, stores }).flatMap(([list, entries]) =>
    entries.map(({ ca_file: name }, index): NamedFile => ({
      place: [list, index, 'ca_file'],
      name,
      kind: 'authority'
    }))
  );
  const secrets = providers.map(({ device }, index): NamedFile => ({
    place: ['providers', index, 'device', 'secret_file'],
    name: device.secret_file,
    kind: 'secret'
  }));
  const keys = repositories.flatMap(({ keys: all }, index) =>
    all.map((key, position): NamedFile => ({
      place: ['repositories', index, 'keys', position],
      name: key.includes('-----BEGIN') ? undefined : key,
      kind: 'key'
    }))
  );
  return [...authorities, ...secrets, ...keys];
}

/** What a text is not, in words that follow the name of its file; null when it is what it should be. */
function whatIsWrongWith(text: string, kind: Kind): string | null {
  try {
    switch (kind) {
      case 'authority':
        return new X509Certificate(text).raw.length > 0 ? null : 'holds no certificate (PEM)';
      case 'key':
        return createPublicKey(text).asymmetricKeyType === 'rsa' ? null : 'holds no RSA key';
      case 'secret':
        return text.trim() === '' ? 'is empty' : null;
    }
  } catch {
    return kind === 'key' ? 'holds no public key (PEM)' : 'holds no certificate (PEM)';
  }
}

function mistakeOf(file: string, kind: Kind): string | null {
  const info = statSync(file, { throwIfNoEntry: false });
  if (info === undefined) {
    return `there is no file ${file}`;
  }
  if (!info.isFile() || info.size > MAX_BYTES) {
    return `${file} is ${info.isFile() ? 'larger than 1 MB' : 'not a file'}`;
  }
  try {
    const wrong = whatIsWrongWith(readFileSync(file, 'utf8'), kind);
    return wrong === null ? null : `${file} ${wrong}`;
  } catch {
    // Who may read a secret is the site's business: it is said when it is needed.
    return kind === 'secret' ? null : `${file} cannot be read`;
  }
}

/** What is wrong with the files that a profile names relative to `folder`; contents are never repeated. */
export function namedFileMistakes(profile: Profile, folder: string): Mistake[] {
  return filesOf(profile).flatMap(({ kind, name, place }) => {
    const what = name === undefined ? null : mistakeOf(path.resolve(folder, name), kind);
    return what === null ? [] : [{ path: place, what }];
  });
}
