import { readFile } from 'node:fs/promises';
import { environmentAuthority } from '../../core/environment-authority.ts';
import type { Parts } from '../../parts.ts';
import { ok, type Check } from '../port.ts';

/** Who vouches for certificates on this machine; what a profile names for an entry comes before it. */
export function authorities({ surroundings: { env } }: Pick<Parts, 'surroundings'>): Check {
  return {
    id: 'machine.authorities',
    title: 'Certificate authorities',
    run: async () => {
      const named = environmentAuthority(env);
      if (named !== null) {
        return named.pem === null
          ? {
              state: 'warning',
              text: `${named.variable} names ${named.file}, which cannot be read or holds no certificate: the usual authorities are trusted.`,
              cure: `Correct ${named.variable} and start JupyterLab again.`
            }
          : ok(`Those in ${named.file} (${named.variable}).`);
      }
      const extra = env['NODE_EXTRA_CA_CERTS'] ?? '';
      if (extra === '') {
        return ok('The usual ones.');
      }
      return (await readFile(extra, 'utf8').catch(() => '')).includes('-----BEGIN CERTIFICATE')
        ? ok(`The usual ones, and those in ${extra} (NODE_EXTRA_CA_CERTS).`)
        : {
            state: 'warning',
            text: `NODE_EXTRA_CA_CERTS names ${extra}, which cannot be read or holds no certificate.`,
            cure: 'Correct NODE_EXTRA_CA_CERTS and start JupyterLab again.'
          };
    }
  };
}
