import { createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';

/** One DER element (X.690): tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) {
    return Buffer.concat([Buffer.from([tag, body.length]), body]);
  }
  const digits = body.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);
const nothing = der(0x05);
/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11 (RFC 8017). */
const sha256WithRsa = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), nothing);
/** id-at-commonName, 2.5.4.3 (RFC 5280). */
const commonName = der(0x06, Buffer.from('550403', 'hex'));

function name(text: string): Buffer {
  return sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(text)))));
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280, section 4.1.2.5). */
function time(epochMs: number): Buffer {
  const digits = `${new Date(epochMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return Number(digits.slice(0, 4)) < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits));
}

/** DER of a self-signed X.509 version 1 certificate (RFC 5280), as `cvmfs_server` makes them. Node has no function for it. */
export function selfSignedCertificate(options: {
  readonly commonName: string;
  readonly privateKey: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}): Buffer {
  const { commonName: subject, notAfterMs, notBeforeMs, privateKey } = options;
  const serial = randomBytes(16);
  // A positive number without a leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const toBeSigned = sequence(
    der(0x02, serial),
    sha256WithRsa,
    name(subject),
    sequence(time(notBeforeMs), time(notAfterMs)),
    name(subject),
    publicKey
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  // A bit string begins with the number of unused bits.
  return sequence(toBeSigned, sha256WithRsa, der(0x03, Buffer.from([0]), signature));
}

/** PEM of DER bytes. */
export function pemOfCertificate(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
