// `idpstore/seal`: sealing files that are there, opening sealed documents, and keys that a browser keeps.

import { builtin } from './builtin.js';
import { BOOLEAN, checked, refused, type Rules } from './checks.js';
import { inside } from './core.js';
import type { PortableDocument } from './idpstore-types.js';
import { openInWorkerWith } from './in-worker.js';
import { load } from './module.js';
import { openWith } from './open-store.js';
import { hasOpfs } from './opfs.js';
import { OPEN, placeOf, type Conversion, type Persist } from './options.js';
import { SHIPPED } from './shipped.js';
import type { WasmSource } from './sources.js';
import { STARTS } from './starts.js';
import { resolved, written, type KeyWrap } from './wrap.js';

export { IdpStoreError } from './errors.js';
export { createPasskey, passkeyKey, webCryptoKey, type PasskeyOptions } from './web-keys.js';
export type { KeyWrap, Persist };

/** With which module it is done. */
export interface SealOptions {
  /** The WebAssembly module in place of the package's own. */
  wasm?: WasmSource;
}

/** How a file is sealed. */
export interface SealStoreOptions extends SealOptions {
  /** Whether everything in it is sealed, names and entity ids included, and not only its secrets. */
  everything?: boolean;
}

const SEAL_STORE: Rules<SealStoreOptions> = { everything: BOOLEAN, wasm: OPEN.wasm };

/**
 * Seals a store in a file that is not open. Another file takes its place at once: whatever happens meanwhile, the file is the old store
 * or the new one, of which no page holds a secret in the clear. All of the store is in memory meanwhile.
 *
 * ```js
 * await sealStore('admin.redb', { passphrase });
 * ```
 */
export async function sealStore(persist: Persist, by: KeyWrap, options: SealStoreOptions = {}): Promise<void> {
  const { everything } = checked(options, SEAL_STORE);
  await convertFile(everything ? 'everything' : 'seal', persist, by, options);
}

/** Puts what is sealed in a file into the clear, as `sealStore` seals it. */
export async function unsealStore(persist: Persist, by: KeyWrap, options: SealOptions = {}): Promise<void> {
  await convertFile('unseal', persist, by, options);
}

async function convertFile(convert: Conversion, persist: Persist, seal: KeyWrap, { wasm }: SealOptions): Promise<void> {
  const options = { persist: { ...placeOf(persist), exclusive: true }, seal, convert, ...(wasm === undefined ? {} : { wasm }) };
  const isHere = builtin('node:fs') || hasOpfs();
  const store = await (isHere ? openWith(SHIPPED, options) : openInWorkerWith(SHIPPED, STARTS, options));
  await store.close();
}

/**
 * What a sealed document holds, such as that of `store.exportSealed` or of the command line: for `store.import`, and as the `seed` of
 * `open`. One that is damaged or cut off is refused with `ERR_CORRUPT`.
 */
export async function openDocument(text: string, by: KeyWrap, { wasm }: SealOptions = {}): Promise<PortableDocument> {
  if (typeof text !== 'string') throw refused('a sealed document is a text');
  const wrap = written(await resolved(by));
  const instance = await load(wasm ?? SHIPPED);
  const octets = inside(instance, () => instance.exports.converted('open', new TextEncoder().encode(text), wrap));
  return JSON.parse(new TextDecoder().decode(octets)) as PortableDocument;
}
