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
import { settings, type OpenOptions, type Settings } from './options.js';
import { foreignSnapshot, type Snapshot } from './snapshot.js';
import type { Fetcher } from './sources.js';
import { watched, type Storage, type Watched } from './storage.js';
import type { Snapshot as WasmSnapshot, Store as WasmStore, Unsigned } from './wasm/idpstore.js';

/** The least that a store can do. */
export interface Core {
  handle(message: Message): Promise<Uint8Array<ArrayBuffer>>;
  /** Makes a call of a harness. */
  control(call: string, given?: unknown): Promise<unknown>;
  /** The number of the last change. */
  lastChange(): Promise<number>;
  snapshot(): Promise<Snapshot>;
  /** Goes back to a snapshot of this store, or to what the bytes of a store file hold. */
  restore(snapshot: Snapshot | Uint8Array): Promise<void>;
  reset(): Promise<void>;
  close(): Promise<void>;
  /** Called after each call that may have changed something; even a GET may, such as the first of a key. */
  onWrite: (() => void) | undefined;
}

/** A snapshot in this thread. */
class LocalSnapshot implements Snapshot {
  #records: WasmSnapshot | undefined;

  constructor(
    readonly core: LocalCore,
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
    return this.core.bytesOf(this.records);
  }

  [Symbol.dispose](): void {
    this.#records?.free();
    this.#records = undefined;
  }
}

/** How often WebCrypto makes signatures for one call; calls have one or two. */
const MOST_SIGNATURES = 4;

/** The module, in this thread. */
export class LocalCore implements Core {
  onWrite: (() => void) | undefined;
  #store: WasmStore | undefined;
  #crash: unknown;

  private constructor(
    store: WasmStore,
    private readonly instance: Instance,
    private readonly now: () => number,
    private readonly keys: Keys,
    private readonly fetcher: Fetcher | undefined,
    private readonly storage: Watched | undefined,
  ) {
    this.#store = store;
  }

  /** Opens a store in the place that the options name, or in one that was taken for it. */
  static async open(options: OpenOptions, taken?: Storage): Promise<LocalCore> {
    const resolved = settings(options);
    const instance = await load(resolved.wasm);
    const { seed, now, baseUrl, certificateKey, signs, fetcher } = resolved;
    const keys = keySource(resolved.keys, instance);
    const fetches = fetcher !== undefined;
    const place = taken ?? (await open(resolved.place));
    const storage = place && watched(place);
    try {
      const store = storage
        ? instance.exports.Store.lasting(now(), seed, baseUrl, certificateKey, signs, fetches, storage)
        : instance.exports.Store.memory(now(), seed, baseUrl, certificateKey, signs, fetches);
      const core = new LocalCore(store, instance, now, keys, fetcher, storage);
      if (options.snapshot) await core.restore(options.snapshot);
      return core;
    } catch (error) {
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

  async lastChange(): Promise<number> {
    return this.#run((store) => store.last_change());
  }

  async snapshot(): Promise<Snapshot> {
    return new LocalSnapshot(this, this.#run((store) => store.snapshot()), this.keys.position);
  }

  /** The bytes of a snapshot of this store. */
  bytesOf(records: WasmSnapshot): Uint8Array<ArrayBuffer> {
    return this.#run(() => records.to_bytes()) as Uint8Array<ArrayBuffer>;
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
      store?.free();
    } finally {
      this.storage?.close();
    }
  }

  /** Runs a call of the module. One that fails inside is the last of its instance, which no other store uses. */
  #run<T>(call: (store: WasmStore) => T): T {
    if (this.#crash !== undefined) {
      throw new IdpStoreError('ERR_CRASHED', `the store has crashed before: ${REOPEN}`, { cause: this.#crash });
    }
    if (!this.#store) throw new IdpStoreError('ERR_CLOSED', 'the store is closed');
    try {
      return call(this.#store);
    } catch (error) {
      if (typeof error === 'string') throw pending(error) ?? told(error, this.storage?.failure);
      // Not the module's, but of a function among the options.
      if (error instanceof IdpStoreError) throw error;
      this.#end(error);
      throw new IdpStoreError('ERR_CRASHED', `the store has crashed: ${REOPEN}`, { cause: error });
    }
  }

  /** Gives up the instance after a crash: nothing of it is called any more, not even to free its memory. */
  #end(crash: unknown): void {
    this.#crash = crash;
    this.instance.abandon();
    this.#store = undefined;
    this.storage?.close();
  }
}

const REOPEN = 'please report this. What was answered is safe in a lasting store, which can be opened again';

/** The error that the module reports, or the failure behind it. */
function told(text: string, failure: unknown): IdpStoreError {
  const error = fromText(text);
  return error.code === 'ERR_STORAGE' && failure !== undefined ? storageFailed(failure) : error;
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

async function open(place: Settings['place']): Promise<Storage | undefined> {
  if (!place) return undefined;
  if (builtin('node:fs')) return nodeFile(place.path);
  if (hasOpfs()) return takeOpfsFile(String(place.path));
  throw new IdpStoreError(
    'ERR_UNSUPPORTED',
    globalThis.isSecureContext === false
      ? 'a lasting store needs a page with https, or on localhost'
      : 'a page cannot open a lasting store itself: use `openInWorker` of `idpstore/worker`',
  );
}
