// What a store can do at its least: in this thread ([`LocalCore`]) or in a worker (`remote.ts`). The typed face in
// `store.ts` is the same for both.

import { builtin } from './builtin.js';
import { fetched } from './document.js';
import { fromText, IdpStoreError } from './errors.js';
import { fixtureKeys, keyFrom, webCryptoKey, webCryptoPbkdf2, webCryptoSignature, type Keys } from './keys.js';
import type { Message } from './message.js';
import { load, type Instance } from './module.js';
import { nodeFile } from './node-file.js';
import { hasOpfs, takeOpfsFile } from './opfs.js';
import { settings, type Conversion, type OpenOptions, type Settings } from './options.js';
import { foreignSnapshot, type Snapshot } from './snapshot.js';
import type { Fetcher } from './sources.js';
import { watched, type Storage, type Watched } from './storage.js';
import type { Snapshot as WasmSnapshot, Store as WasmStore, Unsigned } from './wasm/idpstore.js';
import { written, type SealCall, type Wrap } from './wrap.js';

/** The least that a store can do. */
export interface Core {
  handle(message: Message): Promise<Uint8Array<ArrayBuffer>>;
  /** Makes a call of a harness. */
  control(call: string, given?: unknown): Promise<unknown>;
  /** Makes a call of the seal, which takes a wrap, or the name of one. */
  seal(call: SealCall, given?: Wrap | string): Promise<unknown>;
  /** The number of the last change. */
  lastChange(): Promise<number>;
  /** Whether this tab has the file open itself: if not, its calls go to the tab that has. */
  isOwner(): Promise<boolean>;
  snapshot(): Promise<Snapshot>;
  /** Goes back to a snapshot of this store, or to what the bytes of a store file hold. */
  restore(snapshot: Snapshot | Uint8Array): Promise<void>;
  reset(): Promise<void>;
  close(): Promise<void>;
  /** What it was opened with, if it is in this thread. */
  readonly options?: OpenOptions;
  /** Called after each call that may have changed something; even a GET may, such as the first of a key. */
  onWrite: (() => void) | undefined;
}

/** A snapshot in this thread: of a store with these options, in the memory of this instance. */
class LocalSnapshot implements Snapshot {
  #records: WasmSnapshot | undefined;

  constructor(
    readonly core: LocalCore,
    readonly instance: Instance,
    readonly options: OpenOptions,
    records: WasmSnapshot,
    readonly position: number,
  ) {
    this.#records = records;
  }

  get records(): WasmSnapshot {
    if (!this.#records) throw foreignSnapshot();
    return this.#records;
  }

  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    return inside(this.instance, () => this.records.to_bytes()) as Uint8Array<ArrayBuffer>;
  }

  [Symbol.dispose](): void {
    if (this.instance.crash === undefined) this.#records?.free();
    this.#records = undefined;
  }
}

/** How often WebCrypto makes signatures for one call; calls have one or two. */
const MOST_SIGNATURES = 4;

/** The module, in this thread. */
export class LocalCore implements Core {
  onWrite: (() => void) | undefined;
  #store: WasmStore | undefined;

  private constructor(
    store: WasmStore,
    readonly options: OpenOptions,
    private readonly instance: Instance,
    private readonly now: () => number,
    private readonly keys: Keys,
    private readonly fetcher: Fetcher | undefined,
    private readonly storage: Watched | undefined,
  ) {
    this.#store = store;
  }

  /** Opens a store in the place that the options name, or in one that was taken for it. */
  static async open(given: OpenOptions, taken?: Storage): Promise<LocalCore> {
    // A store that begins with a snapshot in this thread goes on as the one that it is of, in the same instance.
    const base = given.snapshot instanceof LocalSnapshot ? given.snapshot : undefined;
    const all = { ...base?.options, ...given };
    const { place, seed, now, fetcher, wasm, module, ...resolved } = settings(all);
    // How it is unlocked is not kept.
    const { persist: _, snapshot, seal, sealEverything: __, convert, ...options } = all;
    const wrap = seal && written(seal as Wrap);
    const instance = base?.instance ?? (await load(wasm));
    const keys = keySource(resolved.keys, instance);
    const bytes = base || !snapshot ? undefined : ArrayBuffer.isView(snapshot) ? snapshot : await snapshot.toBytes();
    const found = taken ?? (await open(place, convert === undefined));
    const storage = found && watched(found);
    let core: LocalCore | undefined;
    try {
      if (convert && wrap && storage) await convertAll(instance, storage, convert, wrap);
      const { Snapshot, Store } = instance.exports;
      const by = convert === 'unseal' ? undefined : wrap;
      const store = inside(instance, () => {
        const records = base?.records.copy() ?? (bytes && Snapshot.from_bytes(bytes));
        return Store.open(now(), seed, JSON.stringify(module), storage, records, by);
      }, storage);
      core = new LocalCore(store, options, instance, now, keys, fetcher, storage);
      if (base) core.keys.position = base.position;
      return core;
    } catch (error) {
      await core?.close();
      storage?.close();
      throw unopened(error, storage?.failure);
    }
  }

  /** Whether its storage has failed: it must be opened again to be written. */
  get hasFailed(): boolean {
    return this.storage?.failure !== undefined;
  }

  async handle({ head, body, isOwn = false }: Message): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#answer((store, now) => store.handle(now, head, body, isOwn));
    this.onWrite?.();
    return answer;
  }

  async #answer(call: (store: WasmStore, now: number) => Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const supplies: ((store: WasmStore) => void)[] = [];
    // A call happens at one moment, also if it must be made again: what is signed names it.
    const now = this.now();
    let signatures = 0;
    for (;;) {
      try {
        const answer = this.#run((store) => {
          for (const supply of supplies) supply(store);
          return call(store, now) as Uint8Array<ArrayBuffer>;
        });
        // The vendor's own words for it do not say what to do.
        if (this.storage?.failure !== undefined && isServerError(answer)) throw storageFailed(this.storage.failure);
        return answer;
      } catch (error) {
        if (!(error instanceof Pending)) throw error;
        // Nothing has happened; with what is missing the whole call is made again.
        // Others that write meanwhile may change what is to be signed (ZITADEL's serial numbers are ids). Who has lost
        // against them before signs in the module, so that the call comes to its end.
        const hasLost = error.code === 'ERR_SIGNATURE_PENDING' && ++signatures > MOST_SIGNATURES;
        supplies.push(hasLost ? (store) => store.sign_here() : await this.#supply(error));
      }
    }
  }

  /** Has ready what a call is missing. */
  async #supply({ code, what }: Pending): Promise<(store: WasmStore) => void> {
    if (code === 'ERR_KEY_PENDING') {
      const key = await keyFrom(this.keys, what);
      return (store) => store.supply_key(key);
    }
    if (code === 'ERR_SIGNATURE_PENDING') return this.#signature();
    if (code === 'ERR_DERIVATION_PENDING') return this.#derivations();
    const document = await fetched(this.fetcher, what);
    return (store) => store.supply_document(what, document);
  }

  async #signature(): Promise<(store: WasmStore) => void> {
    const unsigned = this.#run((store) => store.unsigned()) as Unsigned;
    const message = unsigned.message() as Uint8Array<ArrayBuffer>;
    const [pkcs8, hash] = [unsigned.pkcs8() as Uint8Array<ArrayBuffer>, unsigned.hash()];
    unsigned.free();
    try {
      const signature = await webCryptoSignature(pkcs8, hash, message);
      return (store) => store.supply_signature(message, signature);
    } finally {
      pkcs8.fill(0);
    }
  }

  /** Keys from a password. The module makes them itself, on this thread, where WebCrypto is missing or fails. */
  async #derivations(): Promise<(store: WasmStore) => void> {
    const all = this.#run((store) => store.underived());
    try {
      const made = await Promise.all(all.map(async (from) => ({ from, key: await webCryptoPbkdf2(from) })));
      return (store) => made.forEach(({ from, key }) => store.supply_derived(from, key));
    } catch {
      return (store) => store.derive_here();
    }
  }

  async control(call: string, given: unknown = null): Promise<unknown> {
    return JSON.parse(this.#run((store) => store.control(this.now(), call, JSON.stringify(given))));
  }

  async seal(call: SealCall, given?: Wrap | string): Promise<unknown> {
    const octets = typeof given === 'object' ? written(given) : new TextEncoder().encode(given);
    const answer = this.#run((store) => store.seal(call, octets));
    return call === 'export' ? answer : JSON.parse(answer);
  }

  async lastChange(): Promise<number> {
    return this.#run((store) => store.last_change());
  }

  async isOwner(): Promise<boolean> {
    return true;
  }

  async snapshot(): Promise<Snapshot> {
    return new LocalSnapshot(this, this.instance, this.options, this.#run((store) => store.snapshot()), this.keys.position);
  }

  async restore(snapshot: Snapshot | Uint8Array): Promise<void> {
    if (ArrayBuffer.isView(snapshot)) {
      this.#run((store) => {
        const records = this.instance.exports.Snapshot.from_bytes(snapshot);
        store.restore(records);
        records.free();
      });
      return;
    }
    if (!(snapshot instanceof LocalSnapshot) || snapshot.core !== this) throw foreignSnapshot();
    this.#restore(snapshot);
  }

  #restore(snapshot: LocalSnapshot): void {
    this.#run((store) => store.restore(snapshot.records));
    this.keys.position = snapshot.position;
  }

  async reset(): Promise<void> {
    this.#run((store) => store.reset(this.now()));
    this.keys.position = 0;
  }

  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    try {
      if (this.instance.crash === undefined) store?.free();
    } finally {
      this.storage?.close();
    }
  }

  /** Runs a call of the module. After a crash the storage is given back at once. */
  #run<T>(call: (store: WasmStore) => T): T {
    return inside(this.instance, () => {
      if (!this.#store) throw new IdpStoreError('ERR_CLOSED', 'the store is closed');
      return call(this.#store);
    }, this.storage);
  }
}

/** Runs a call of the module. One that fails inside is the last of its instance: nothing of it is called any more. */
export function inside<T>(instance: Instance, call: () => T, storage?: Watched): T {
  const { crash } = instance;
  if (crash !== undefined) throw new IdpStoreError('ERR_CRASHED', `the store has crashed before: ${REOPEN}`, { cause: crash });
  try {
    return call();
  } catch (error) {
    if (typeof error === 'string') throw pending(error) ?? told(error, storage?.failure);
    // Not the module's, but of a function among the options.
    if (error instanceof IdpStoreError) throw error;
    instance.crash = error;
    storage?.close();
    throw new IdpStoreError('ERR_CRASHED', `the store has crashed: ${REOPEN}`, { cause: error });
  }
}

const REOPEN = 'please report this. What was answered is safe in a lasting store, which can be opened again';

/** The error that the module reports, or the failure behind it. */
function told(text: string, failure: unknown): IdpStoreError {
  const error = fromText(text);
  return error.code === 'ERR_STORAGE' && failure !== undefined ? storageFailed(failure) : error;
}

/** Seals or unseals all of a store that is not open. */
async function convertAll(instance: Instance, storage: Storage, convert: Conversion, wrap: Uint8Array): Promise<void> {
  const bytes = new Uint8Array(storage.size());
  storage.read(0, bytes);
  const others = inside(instance, () => instance.exports.converted(convert, bytes, wrap));
  try {
    await storage.replace(others);
  } catch (cause) {
    if (cause instanceof IdpStoreError) throw cause;
    throw new IdpStoreError('ERR_STORAGE', `the file cannot be replaced, and was left as it was: ${String(cause)}`, { cause });
  }
}

/** Why a store could not be opened. */
function unopened(error: unknown, failure: unknown): IdpStoreError {
  if (typeof error === 'string') return told(error, failure);
  if (error instanceof IdpStoreError) return error;
  return new IdpStoreError('ERR_CRASHED', 'the store cannot be opened: please report this', { cause: error });
}

/** Whether an answer in the form of the module has the status 500, with which it begins. */
function isServerError(answer: Uint8Array): boolean {
  return String.fromCharCode(...answer.subarray(0, 3)) === '500';
}

function storageFailed(cause: unknown): IdpStoreError {
  if (cause instanceof IdpStoreError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  return new IdpStoreError(
    'ERR_STORAGE',
    `the storage has failed: ${words}. What was answered is safe: close the store, and open it again once that is fixed`,
    { cause },
  );
}

/** The call needs a key, the document at a URL, a signature or a key from a password; it never leaves this file. */
class Pending {
  constructor(
    readonly code: 'ERR_KEY_PENDING' | 'ERR_DOCUMENT_PENDING' | 'ERR_SIGNATURE_PENDING' | 'ERR_DERIVATION_PENDING',
    readonly what: string,
  ) {}
}

function pending(text: string): Pending | undefined {
  const [, code, what = ''] = /^(ERR_(?:KEY|DOCUMENT|SIGNATURE|DERIVATION)_PENDING)(?: (.*))?$/s.exec(text) ?? [];
  return code ? new Pending(code as Pending['code'], what) : undefined;
}

function keySource(keys: Settings['keys'], instance: Instance): Keys {
  if (keys === 'fixture') return fixtureKeys(instance);
  return { next: keys === 'webcrypto' ? webCryptoKey : keys, position: 0 };
}

/** Opens a place, which is made if it is not there and may be. */
async function open(place: Settings['place'], mayMake: boolean): Promise<Storage | undefined> {
  if (!place) return undefined;
  if (builtin('node:fs')) return nodeFile(place.path, mayMake);
  if (hasOpfs()) return takeOpfsFile(String(place.path), mayMake);
  throw new IdpStoreError(
    'ERR_UNSUPPORTED',
    globalThis.isSecureContext === false
      ? 'a lasting store needs a page with https, or on localhost'
      : 'a page cannot open a lasting store itself: use `openInWorker` of `idpstore/worker`',
  );
}
