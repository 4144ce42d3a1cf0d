import { constants, createPublicKey, publicDecrypt, verify, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { problem } from '../../core/problem.ts';
import { digest } from './hash.ts';
import type { Manifest } from './manifest.ts';
import { requireHashText } from './signed-text.ts';
import type { Whitelist } from './whitelist.ts';

/** ASN.1 `DigestInfo` head for SHA-1 (RFC 8017, section 9.2, note 1). */
const sha1DigestInfo = Buffer.from('3021300906052b0e03021a05000414', 'hex');

/** What the signer put under PKCS#1 type-1 padding; null when the padding does not fit this key. */
function recover(key: KeyObject, signature: Uint8Array): Buffer | null {
  try {
    return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
  } catch {
    return null;
  }
}

/** RSA-SHA1 by hand: the same check as `crypto.verify('sha1')`, without asking OpenSSL for a SHA-1 signature. */
export function isSha1SignatureByHand(
  text: string,
  key: KeyObject,
  signature: Uint8Array
): boolean {
  const hash = Buffer.from(digest(Buffer.from(text, 'latin1'), 'sha1').hex, 'hex');
  return recover(key, signature)?.equals(Buffer.concat([sha1DigestInfo, hash])) === true;
}

/**
 * CVMFS signs manifests with RSA and SHA-1. System policies (RHEL 9 and others) make OpenSSL refuse SHA-1
 * signatures, by an error or by "false"; the outcome must not depend on that, so a refusal is checked by hand.
 */
function isSha1Signature(text: string, key: KeyObject, signature: Uint8Array): boolean {
  try {
    if (verify('sha1', Buffer.from(text, 'latin1'), key, signature)) {
      return true;
    }
  } catch {
    // Policy; see above.
  }
  return isSha1SignatureByHand(text, key, signature);
}

/** The facility's master keys. Throws `bad-profile` for text that is no RSA public key. */
export function readMasterKeys(pems: readonly string[], fqrn: string): KeyObject[] {
  return pems.map(pem => {
    try {
      const key = createPublicKey(pem);
      if (key.asymmetricKeyType === 'rsa') {
        return key;
      }
    } catch {
      // Told below.
    }
    throw problem(
      'bad-profile',
      `A master key of ${fqrn} in the facility profile is not an RSA public key in PEM form.`
    );
  });
}

/** Reads the publisher's certificate from an object that was already hashed. */
export function readCertificate(pem: Uint8Array, fqrn: string): X509Certificate {
  try {
    const certificate = new X509Certificate(pem);
    if (certificate.publicKey.asymmetricKeyType === 'rsa') {
      return certificate;
    }
  } catch {
    // Told below.
  }
  throw problem('repository-not-trusted', `The publisher's certificate of ${fqrn} is unreadable.`);
}

/** The certificate's key must have signed the manifest. */
export function checkManifestSignature(manifest: Manifest, certificate: X509Certificate): void {
  const text = requireHashText(manifest.signed, `manifest of ${manifest.fqrn}`);
  if (!isSha1Signature(text, certificate.publicKey, manifest.signed.signature)) {
    throw problem(
      'repository-not-trusted',
      `The manifest of ${manifest.fqrn} is not signed by the publisher's certificate. Nothing from it is shown.`
    );
  }
}

/** One of the master keys must have signed the whitelist, for this repository, and it must not be over. */
export function checkWhitelist(
  whitelist: Whitelist,
  fqrn: string,
  masterKeys: readonly KeyObject[],
  nowMs: number
): void {
  if (whitelist.fqrn !== fqrn) {
    throw problem(
      'repository-not-trusted',
      `The whitelist that came for ${fqrn} is made for another repository.`
    );
  }
  const text = requireHashText(whitelist.signed, `whitelist of ${fqrn}`);
  // Not a digest signature: the hash text itself lies under the padding.
  const wanted = Buffer.from(text, 'latin1');
  const { signature } = whitelist.signed;
  if (!masterKeys.some(key => recover(key, signature)?.equals(wanted) === true)) {
    throw problem(
      'repository-not-trusted',
      `The whitelist of ${fqrn} is not signed by a master key that the facility profile names.`
    );
  }
  checkNotExpired(fqrn, whitelist.expiresAtMs, nowMs);
}

/** Throws `repository-expired` from the hour of expiry on. */
export function checkNotExpired(fqrn: string, expiresAtMs: number, nowMs: number): void {
  if (nowMs >= expiresAtMs) {
    const day = new Date(expiresAtMs).toISOString().slice(0, 10);
    throw problem(
      'repository-expired',
      `The site's whitelist of ${fqrn} expired on ${day}. Its administrator has to sign it again.`,
      { extra: { repository: fqrn } }
    );
  }
}

/** The whitelist must name the certificate that signed the manifest. */
export function checkListed(
  whitelist: Whitelist,
  certificate: X509Certificate,
  fqrn: string
): void {
  const isListed = whitelist.fingerprints.some(
    fingerprint => digest(certificate.raw, fingerprint.algorithm).hex === fingerprint.hex
  );
  if (!isListed) {
    throw problem(
      'repository-not-trusted',
      `The certificate that signed ${fqrn} is not on the site's whitelist. Nothing from it is shown.`
    );
  }
}
