// What `open` is given, and what it makes of it.

import { clock, given } from './checks.js';
import { IdpStoreError } from './errors.js';
import { fixtureKeys, hasWebCrypto, webCryptoKey, type Keys } from './keys.js';

/** Where a store lies that lasts. */
export type Persist =
  /** In a file of Node or, in a dedicated worker, of the browser's origin-private file system. */
  | string
  | URL
  | {
      /** The file's path. */
      path: string | URL;
      /** Wait until whoever has the store open closes it, instead of failing with `ERR_LOCKED`. Browser only. */
      wait?: boolean;
    };

/** Fetches the document at a URL; `fetch` itself is one. */
export type Fetcher = (url: string) => Promise<Response>;

/** Makes a private key of a specification such as `RSA-2048` or `EC-P-256`: PKCS#8 in DER. */
export type KeySource = (spec: string) => Promise<ArrayBuffer | ArrayBufferView> | ArrayBuffer | ArrayBufferView;

/**
 * The WebAssembly module: where it is, a `Response` with it, its bytes, or a `WebAssembly.Module`, which is any object
 * to the compiler, and without lib.dom has no name there.
 */
export type WasmSource = string | object;

/** How a store is opened. */
export interface OpenOptions {
  /** Where the store lies; without it, it is in memory and gone when it is closed. */
  persist?: Persist;
  /** Makes everything reproducible byte for byte: ids, times and keys. In memory only. */
  seed?: string | number | Uint8Array;
  /** The time, or who tells it. By default the real one or, with a seed, 2026-01-01T00:00:00Z, standing. */
  now?: Date | number | string | (() => Date | number);
  /** Begins the URLs in answers, and completes relative ones in requests. By default each request says it. */
  baseUrl?: string | URL;
  /**
   * Where private keys come from: `'webcrypto'`, the default; `'fixture'`, a pool of well-known test keys that are
   * there at once, the default with a seed, in memory only; or a function that makes them.
   */
  keys?: 'webcrypto' | 'fixture' | KeySource;
  /**
   * The kind of key with which a service provider is certified, where the vendor leaves that to its server's settings
   * (ZITADEL): `RSA-4096` as there by default, or with test keys `RSA-2048`, which they are.
   */
  certificateKey?: string;
  /**
   * Fetches what a partner publishes, its SAML metadata or OpenID configuration, where a vendor's API is given its URL.
   * Only the body of a response with status 200 counts. By default nothing is fetched, and such calls are refused.
   */
  fetcher?: Fetcher;
  /** The WebAssembly module, where the file beside the package cannot be loaded. The first store decides. */
  wasm?: WasmSource;
  /** `'counted'` counts instead of drawing at random, as the scenarios do that all ports of the store share. */
  entropy?: 'counted';
}

const STANDING = Date.UTC(2026, 0, 1);

/**
 * The options, resolved.
 *
 * @internal
 */
export interface Settings {
  place: { path: string | URL; wait: boolean } | undefined;
  seed: Uint8Array;
  now: () => number;
  baseUrl: string | undefined;
  keys: Keys;
  certificateKey: string;
  /** Whether WebCrypto signs with RSA keys. */
  signs: boolean;
  fetcher: Fetcher | undefined;
  wasm: WasmSource | undefined;
}

/**
 * Looks through the options.
 *
 * @internal
 */
export function settings(options: OpenOptions): Settings {
  const { persist, seed, now, baseUrl, wasm, entropy } = given(options);
  const reproducible = seed !== undefined || entropy === 'counted';
  const keys = options.keys ?? (reproducible ? 'fixture' : 'webcrypto');
  if (persist !== undefined && (reproducible || keys === 'fixture')) {
    throw new IdpStoreError(
      'ERR_OPTIONS',
      "`seed`, `entropy` and `keys: 'fixture'` are for tests: what they make is no secret, and must not last",
    );
  }
  return {
    place: place(persist),
    seed: entropy === 'counted' ? new Uint8Array() : seedBytes(seed),
    now: clock(now ?? (reproducible ? STANDING : Date.now)),
    baseUrl: baseUrl === undefined ? undefined : webUrl(baseUrl),
    keys: keySource(keys),
    certificateKey: options.certificateKey ?? (keys === 'fixture' ? 'RSA-2048' : 'RSA-4096'),
    // A signature that the module makes draws from the entropy, so what is to be the same in every port is made there.
    signs: keys !== 'fixture' && hasWebCrypto(),
    fetcher: options.fetcher,
    wasm,
  };
}

function place(persist: Persist | undefined): Settings['place'] {
  if (persist === undefined) return undefined;
  const { path, wait = false } = typeof persist === 'string' || persist instanceof URL ? { path: persist } : given(persist);
  if (path instanceof URL || (typeof path === 'string' && path !== '')) return { path, wait };
  throw new IdpStoreError('ERR_OPTIONS', `\`persist\` is neither a path nor a URL: \`${String(path)}\``);
}

function seedBytes(seed: OpenOptions['seed']): Uint8Array {
  if (seed === undefined) return crypto.getRandomValues(new Uint8Array(32));
  if (typeof seed !== 'string' && typeof seed !== 'number' && !ArrayBuffer.isView(seed)) {
    throw new IdpStoreError('ERR_OPTIONS', `\`seed\` is no text, number or bytes: \`${String(seed)}\``);
  }
  const bytes = typeof seed === 'object' ? Uint8Array.from(seed) : new TextEncoder().encode(String(seed));
  if (bytes.length === 0) throw new IdpStoreError('ERR_OPTIONS', '`seed` is empty');
  return bytes;
}

function webUrl(url: string | URL): string {
  try {
    if (/^https?:$/.test(new URL(url).protocol)) return String(url);
  } catch {
    // Told below, as one with another scheme is.
  }
  throw new IdpStoreError('ERR_OPTIONS', `\`baseUrl\` is no URL with \`http\` or \`https\`: \`${String(url)}\``);
}

function keySource(keys: NonNullable<OpenOptions['keys']>): Keys {
  if (keys === 'fixture') return fixtureKeys();
  if (keys === 'webcrypto') return { next: webCryptoKey, position: 0 };
  if (typeof keys === 'function') return { next: keys, position: 0 };
  throw new IdpStoreError('ERR_OPTIONS', `\`keys\` is neither a source nor the name of one: \`${String(keys)}\``);
}
