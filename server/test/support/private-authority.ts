import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A certificate authority that only this test knows, made by openssl. */
export interface PrivateAuthority {
  readonly file: string;
  readonly pem: string;
  /** PEM of a key and of a certificate for these names. */
  issue(...names: readonly string[]): { readonly key: string; readonly cert: string };
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes one; its files go into `folder`. */
export function makeAuthority(folder: string): PrivateAuthority {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore' });
  };
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem')
  );
  return {
    file: at('ca.pem'),
    pem: readFileSync(at('ca.pem'), 'utf8'),
    issue: (...names) => {
      writeFileSync(at('leaf.ext'), `subjectAltName=${names.map(name => `DNS:${name}`).join(',')}`);
      openssl(
        'req',
        ...newKey,
        '-subj',
        '/CN=Test',
        '-keyout',
        at('leaf.key'),
        '-out',
        at('leaf.csr')
      );
      openssl(
        'x509',
        '-req',
        '-in',
        at('leaf.csr'),
        '-CA',
        at('ca.pem'),
        '-CAkey',
        at('ca.key'),
        '-CAcreateserial',
        '-days',
        '2',
        '-extfile',
        at('leaf.ext'),
        '-out',
        at('leaf.pem')
      );
      return {
        key: readFileSync(at('leaf.key'), 'utf8'),
        cert: readFileSync(at('leaf.pem'), 'utf8')
      };
    }
  };
}
