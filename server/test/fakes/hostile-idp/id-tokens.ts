import { createHmac, randomBytes } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import * as jose from 'jose';
import type { Fault } from './faults.ts';

interface Key {
  readonly privateKey: webcrypto.CryptoKey;
  readonly jwk: jose.JWK;
  readonly kid: string;
  readonly pem: string;
}

async function newKey(): Promise<Key> {
  const { publicKey, privateKey } = await jose.generateKeyPair('RS256', { extractable: true });
  const kid = randomBytes(6).toString('base64url');
  const jwk = { ...(await jose.exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' };
  return { privateKey, jwk, kid, pem: await jose.exportSPKI(publicKey) };
}

let sharedKeys: Promise<[Key, Key]> | undefined;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs ID tokens, rightly or wrongly. */
export class IdTokens {
  #key: Key;
  readonly #other: Key;
  readonly #isOn: (fault: Fault) => boolean;

  private constructor(key: Key, other: Key, isOn: (fault: Fault) => boolean) {
    this.#key = key;
    this.#other = other;
    this.#isOn = isOn;
  }

  static async create(isOn: (fault: Fault) => boolean): Promise<IdTokens> {
    // RSA keys are slow to make, and every test has a provider of its own.
    sharedKeys ??= Promise.all([newKey(), newKey()]);
    const [key, other] = await sharedKeys;
    return new IdTokens(key, other, isOn);
  }

  keys(): jose.JWK[] {
    return [this.#key.jwk];
  }

  async make(issuer: string, client: string, sub: string, name: string): Promise<string> {
    const claims = this.#claims(issuer, client, sub, name);
    const header = { alg: 'RS256', kid: this.#key.kid };
    if (this.#isOn('id_alg_none')) {
      return `${encode({ alg: 'none' })}.${encode(claims)}.`;
    }
    if (this.#isOn('id_hs256_pubkey')) {
      const input = `${encode({ alg: 'HS256', kid: this.#key.kid })}.${encode(claims)}`;
      return `${input}.${createHmac('sha256', this.#key.pem).update(input).digest('base64url')}`;
    }
    if (this.#isOn('id_kid_unknown')) {
      return this.#sign(claims, { ...header, kid: this.#other.kid }, this.#other);
    }
    if (this.#isOn('id_bad_sig')) {
      return this.#sign(claims, header, this.#other);
    }
    if (this.#isOn('id_jku')) {
      const lure = { jku: `${issuer}/evil-jwks`, jwk: this.#other.jwk };
      return this.#sign(claims, { ...header, kid: this.#other.kid, ...lure }, this.#other);
    }
    if (this.#isOn('id_crit')) {
      const input = `${encode({ ...header, crit: ['x-must'], 'x-must': 1 })}.${encode(claims)}`;
      const signature = await crypto.subtle.sign(
        'RSASSA-PKCS1-v1_5',
        this.#key.privateKey,
        Buffer.from(input)
      );
      return `${input}.${Buffer.from(signature).toString('base64url')}`;
    }
    if (this.#isOn('id_rotated_key')) {
      this.#key = await newKey();
      header.kid = this.#key.kid;
    }
    return this.#sign(claims, header, this.#key);
  }

  #sign(claims: jose.JWTPayload, header: jose.JWTHeaderParameters, key: Key): Promise<string> {
    return new jose.SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
  }

  #claims(issuer: string, client: string, sub: string, name: string): jose.JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    const claims: jose.JWTPayload = {
      iss: issuer,
      aud: client,
      sub,
      iat: now,
      exp: now + 600,
      auth_time: now,
      name
    };
    const change: Partial<Record<Fault, jose.JWTPayload>> = {
      id_wrong_iss: { iss: `${issuer}x` },
      id_wrong_aud: { aud: 'somebody-else' },
      id_multi_aud_no_azp: { aud: [client, 'somebody-else'] },
      id_wrong_azp: { aud: [client, 'somebody-else'], azp: 'somebody-else' },
      id_expired: { iat: now - 7200, exp: now - 3600 },
      id_iat_future: { iat: now + 7200, nbf: now + 7200, exp: now + 10_800 },
      id_skew_30s: { iat: now + 30, nbf: now + 30, exp: now + 630 },
      id_nonce_wrong: { nonce: randomBytes(8).toString('base64url') }
    };
    for (const [fault, wrong] of Object.entries(change)) {
      if (this.#isOn(fault as Fault)) {
        Object.assign(claims, wrong);
      }
    }
    if (this.#isOn('id_no_sub')) {
      delete claims.sub;
    }
    if (this.#isOn('id_no_exp')) {
      delete claims.exp;
    }
    return claims;
  }
}
