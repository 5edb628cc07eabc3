// Where private keys come from: WebCrypto, which is quick and off the page's thread, or a pool of test keys.

import { IdpStoreError } from './errors.js';
import { FIXTURE_KEYS } from './fixture-keys.js';

/** Makes a private key of a specification such as `RSA-2048`: PKCS#8 in DER. */
export type KeySource = (spec: string) => Promise<BufferSource> | BufferSource;

/** A key source whose place in a fixed order can be noted and gone back to. */
export interface Keys {
  next: KeySource;
  position: number;
}

/** A fresh key from WebCrypto. */
export async function webCryptoKey(spec: string): Promise<ArrayBuffer> {
  const bits = /^RSA-(\d+)$/.exec(spec)?.[1];
  if (!bits) throw new IdpStoreError('ERR_KEY', `WebCrypto is not asked for keys of the kind \`${spec}\``);
  if (!globalThis.crypto?.subtle) {
    throw new IdpStoreError('ERR_KEY', 'there is no WebCrypto here: a page needs https or localhost for it');
  }
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: Number(bits),
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return crypto.subtle.exportKey('pkcs8', pair.privateKey);
}

/** The pool of test keys, from its start. Everybody has their private parts: they protect nothing. */
export function fixtureKeys(): Keys {
  return {
    position: 0,
    next(spec) {
      const key = FIXTURE_KEYS[this.position];
      if (spec !== 'RSA-2048') throw new IdpStoreError('ERR_KEY', `there is no test key of the kind \`${spec}\``);
      if (!key) {
        const words = `the pool has ${FIXTURE_KEYS.length} test keys, and all are used: go back to a snapshot between tests, or open the store with \`keys: 'webcrypto'\``;
        throw new IdpStoreError('ERR_KEY', words);
      }
      this.position += 1;
      return Uint8Array.from(atob(key), (character) => character.charCodeAt(0));
    },
  };
}
