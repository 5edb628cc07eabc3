// What opens a seal: a passphrase, or a key of 32 octets from wherever the host keeps one.

import { checked, FUNCTION, refused, type Rule, type Rules } from './checks.js';
import { IdpStoreError } from './errors.js';

/** Opens and closes what seals a store. A store may have several; each of them opens it. */
export type KeyWrap =
  | {
      /** A key is made of it by Argon2id. */
      passphrase: string;
      /** By which it can be removed; `passphrase` without one. */
      name?: string;
    }
  | {
      /** 32 random octets, or a function that has them: of a keychain, a key-management service, or `idpstore/seal`. */
      key: Uint8Array | (() => Uint8Array | Promise<Uint8Array>);
      /** By which it can be removed; `key` without one. */
      name?: string;
    };

/**
 * A wrap whose octets are here.
 *
 * @internal
 */
export type Wrap = { passphrase: string; name?: string } | { key: Uint8Array; name?: string };

/**
 * The calls of a seal, as the module knows them.
 *
 * @internal
 */
export type SealCall = 'isSealed' | 'isLocked' | 'lock' | 'unlock' | 'wraps' | 'addWrap' | 'removeWrap' | 'rotateDataKey' | 'export';

const KEY = 32;

const isKey = (key: unknown) => ArrayBuffer.isView(key) && key.byteLength === KEY;

const NAME: Rule = {
  fits: (name: unknown) => typeof name === 'string' && name !== '' && !name.includes('\n'),
  expected: 'a text without line breaks, and not empty',
};

const PASSPHRASE: Rules<{ passphrase: string; name?: string }> = {
  passphrase: { fits: (text: unknown) => typeof text === 'string' && text !== '', expected: 'a text, and not empty' },
  name: NAME,
};

const OCTETS: Rules<{ key: unknown; name?: string }> = {
  key: { fits: (key: unknown) => isKey(key) || FUNCTION.fits(key as never), expected: `${KEY} bytes, or a function that returns them` },
  name: NAME,
};

/**
 * The wrap, if it is one, with the octets that its function has.
 *
 * @internal
 */
export async function resolved(given: KeyWrap): Promise<Wrap> {
  if (given && 'passphrase' in Object(given)) return checked(given as { passphrase: string }, PASSPHRASE);
  const { key, name } = checked(given as { key?: unknown; name?: string }, OCTETS);
  if (key === undefined) throw refused('a wrap has a `passphrase` or a `key`');
  return { key: typeof key === 'function' ? await octets(key) : (key as Uint8Array), ...(name === undefined ? {} : { name }) };
}

/**
 * Options whose wrap, if there is one, is here.
 *
 * @internal
 */
export async function withWrap<Options extends { seal?: KeyWrap }>(options: Options): Promise<Options & { seal?: Wrap }> {
  return options.seal === undefined ? (options as Options & { seal?: Wrap }) : { ...options, seal: await resolved(options.seal) };
}

async function octets(from: Function): Promise<Uint8Array> {
  let key: unknown;
  try {
    key = (await from()) as unknown;
  } catch (cause) {
    if (IdpStoreError.is(cause)) throw cause;
    throw new IdpStoreError('ERR_KEY', `no key of the seal can be had: ${String(cause)}`, { cause });
  }
  if (!isKey(key)) throw new IdpStoreError('ERR_KEY', `the function \`key\` of a wrap has returned no ${KEY} bytes`);
  return key as Uint8Array;
}

/**
 * A wrap as the module takes it (`bindings/src/seal.rs`).
 *
 * @internal
 */
export function written(wrap: Wrap): Uint8Array {
  const [kind, secret] = 'key' in wrap ? ['k', wrap.key] : ['p', new TextEncoder().encode(wrap.passphrase)];
  const head = new TextEncoder().encode(`${kind}${wrap.name ?? ''}\n`);
  const row = new Uint8Array(head.length + secret.byteLength);
  row.set(head);
  row.set(new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength), head.length);
  return row;
}
