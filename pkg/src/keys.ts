// Where private keys come from: WebCrypto, which is quick and off the page's thread, or a pool of test keys.

import { fromText, IdpStoreError } from './errors.js';
import type { Instance } from './module.js';
import type { KeySource } from './sources.js';
import type { Underived } from './wasm/idpstore.js';
import { web } from './web.js';

/** A key source whose place in a fixed order can be noted and gone back to. */
export interface Keys {
  next: KeySource;
  position: number;
}

/** The next key; where making it fails, there is none. */
export async function keyFrom(keys: Keys, spec: string): Promise<Uint8Array> {
  try {
    const key = await keys.next(spec);
    return ArrayBuffer.isView(key) ? new Uint8Array(key.buffer, key.byteOffset, key.byteLength) : new Uint8Array(key);
  } catch (cause) {
    if (cause instanceof IdpStoreError) throw cause;
    throw new IdpStoreError('ERR_KEY', `no key of the kind \`${spec}\` can be had: ${String(cause)}`, { cause });
  }
}

/** Whether WebCrypto is here: pages need https or localhost for it. */
export function hasWebCrypto(): boolean {
  return web.crypto?.subtle !== undefined;
}

/** The signature of an RSA key by RSASSA-PKCS1-v1_5 from WebCrypto, which makes it off the page's thread. */
export async function webCryptoSignature(pkcs8: BufferSource, hash: string, message: BufferSource): Promise<Uint8Array> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash };
  try {
    const { subtle } = web.crypto as Crypto;
    const key = await subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
    return new Uint8Array(await subtle.sign(algorithm, key, message));
  } catch (cause) {
    throw new IdpStoreError('ERR_KEY', `WebCrypto cannot sign with a key: ${String(cause)}`, { cause });
  }
}

/** The key that WebCrypto makes of a password by PBKDF2, off the page's thread. */
export async function webCryptoPbkdf2(from: Underived): Promise<Uint8Array> {
  const password = from.password() as Uint8Array<ArrayBuffer>;
  try {
    const { subtle } = web.crypto as Crypto;
    const key = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    const salt = from.salt() as Uint8Array<ArrayBuffer>;
    const algorithm = { name: 'PBKDF2', hash: from.hash(), salt, iterations: from.rounds() };
    return new Uint8Array(await subtle.deriveBits(algorithm, key, 8 * from.octets()));
  } finally {
    password.fill(0);
  }
}

/** A fresh key from WebCrypto. */
export async function webCryptoKey(spec: string): Promise<ArrayBuffer> {
  const algorithm = algorithmOf(spec);
  if (!algorithm) throw new IdpStoreError('ERR_KEY', `WebCrypto makes no keys of the kind \`${spec}\``);
  const subtle = web.crypto?.subtle;
  if (!subtle) {
    throw new IdpStoreError('ERR_KEY', 'there is no WebCrypto here: a page needs https or localhost for it');
  }
  const pair = (await subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  return subtle.exportKey('pkcs8', pair.privateKey);
}

function algorithmOf(spec: string): RsaHashedKeyGenParams | EcKeyGenParams | undefined {
  const [, bits, namedCurve] = /^(?:RSA-(\d+)|EC-(P-\d+))$/.exec(spec) ?? [];
  if (namedCurve) return { name: 'ECDSA', namedCurve };
  if (!bits) return undefined;
  return {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: Number(bits),
    publicExponent: new Uint8Array([1, 0, 1]),
  };
}

/** The pool of test keys, from its start. Their private parts are public: they protect nothing. */
export function fixtureKeys(instance: Instance): Keys {
  return {
    position: 0,
    next(spec) {
      try {
        const key = instance.exports.fixture_key(spec, this.position) as Uint8Array<ArrayBuffer>;
        this.position += 1;
        return key;
      } catch (error) {
        if (typeof error !== 'string') throw error;
        const { message, code } = fromText(error);
        throw new IdpStoreError(code, `${message}: go back to a snapshot between tests, or open the store with \`keys: 'webcrypto'\``);
      }
    },
  };
}
