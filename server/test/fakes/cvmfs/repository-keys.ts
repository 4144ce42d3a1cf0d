import {
  constants,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  privateEncrypt,
  sign
} from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pemOfCertificate, selfSignedCertificate } from './certificate.ts';
import { digestOf, textOfDigest, type StoreHash } from './object-store.ts';

/** Keys of a repository, all PEM: the master key signs the whitelist, the release key the manifest. */
export interface RepositoryKeys {
  readonly masterPublic: string;
  readonly masterPrivate: string;
  readonly releasePrivate: string;
  readonly certificate: string;
}

const CERTIFICATE_DAYS = 3650;
const DAY_MS = 86_400_000;

/** New keys and a self-signed certificate. */
export function makeRepositoryKeys(fqrn: string, nowMs: number): RepositoryKeys {
  const master = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const release = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = selfSignedCertificate({
    commonName: `${fqrn} release manager`,
    privateKey: release.privateKey,
    notBeforeMs: nowMs - DAY_MS,
    notAfterMs: nowMs + CERTIFICATE_DAYS * DAY_MS
  });
  return {
    masterPublic: master.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    masterPrivate: master.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    releasePrivate: release.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pemOfCertificate(certificate)
  };
}

/** Lines, `--`, hash of the lines, raw signature of the hash text. */
function frame(
  lines: readonly string[],
  hash: StoreHash,
  signText: (hashText: Buffer) => Buffer
): Buffer {
  const text = Buffer.from(lines.map(line => `${line}\n`).join(''), 'latin1');
  const hashText = textOfDigest(digestOf(text, hash), hash);
  return Buffer.concat([text, Buffer.from(`--\n${hashText}\n`), signText(Buffer.from(hashText))]);
}

/** A manifest of these lines: RSA with SHA-1 over the hash text, by the release key. */
export function signManifest(
  lines: readonly string[],
  hash: StoreHash,
  { releasePrivate }: Pick<RepositoryKeys, 'releasePrivate'>
): Buffer {
  return frame(lines, hash, text => sign('sha1', text, releasePrivate));
}

/** A whitelist of these lines: the bare hash text under PKCS#1 padding, by the master key. */
export function signWhitelist(
  lines: readonly string[],
  hash: StoreHash,
  { masterPrivate }: Pick<RepositoryKeys, 'masterPrivate'>
): Buffer {
  const key = createPrivateKey(masterPrivate);
  return frame(lines, hash, text =>
    privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, text)
  );
}

const stamp = (epochMs: number): string =>
  new Date(epochMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);

/** SHA-1 of the certificate's DER, as the whitelist writes it. */
function fingerprint(certificate: string): string {
  const der = Buffer.from(certificate.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  const hex = createHash('sha1').update(der).digest('hex').toUpperCase();
  return hex.replaceAll(/(..)(?=.)/g, '$1:');
}

/** Writes `.cvmfswhitelist`; an `expiresAtMs` in the past makes an expired one. */
export function writeWhitelist(options: {
  readonly target: string;
  readonly fqrn: string;
  readonly keys: RepositoryKeys;
  readonly nowMs: number;
  readonly expiresAtMs: number;
  /** Certificates on the list; default: the one in `keys`. */
  readonly certificates?: readonly string[];
}): void {
  const { certificates, expiresAtMs, fqrn, keys, nowMs, target } = options;
  const lines = [
    stamp(nowMs),
    `E${stamp(expiresAtMs)}`,
    `N${fqrn}`,
    ...(certificates ?? [keys.certificate]).map(fingerprint)
  ];
  writeFileSync(path.join(target, '.cvmfswhitelist'), signWhitelist(lines, 'sha1', keys));
}
