// What `open` is given, and what it makes of it.

import { BOOLEAN, checked, FUNCTION, refused, TEXT, TEXTS, whole, type Rule, type Rules } from './checks.js';
import { clock } from './clock.js';
import { hasWebCrypto } from './keys.js';
import type { Snapshot } from './snapshot.js';
import type { Fetcher, KeySource, WasmSource } from './sources.js';
import type { KeyWrap } from './wrap.js';

/** Where a lasting store is kept. */
export type Persist =
  /** In a file of Node or, in a dedicated worker, of the browser's origin-private file system. */
  | string
  | URL
  | {
      /** The file's path. */
      path: string | URL;
      /**
       * Whether no other tab shares the store: it is refused with `ERR_LOCKED` if one has it, and so are others later. A
       * file of Node is never shared.
       */
      exclusive?: boolean;
    };

/** How a store is opened. */
export interface OpenOptions {
  /** Where the store is kept; without it, it is in memory and gone when it is closed. */
  persist?: Persist;
  /**
   * Seals private keys and secrets where the store is kept, or opens the seal that it has. A store that has one is locked without
   * this. A file that has none is refused with `ERR_OPTIONS`, unless it is new: `sealStore` of `idpstore/seal` seals it.
   */
  seal?: KeyWrap;
  /**
   * Whether `seal` seals everything in a store that is new, names and entity ids included: while it is locked, all calls that read it are
   * refused. A file of which only the secrets are sealed is refused with `ERR_OPTIONS`.
   */
  sealEverything?: boolean;
  /** Where ids, times and keys begin, so that everything is reproducible byte for byte. In memory only. */
  seed?: string | number | Uint8Array;
  /** The time, or a function that returns it. By default the real one or, with a seed, 2026-01-01T00:00:00Z, standing. */
  now?: Date | number | string | (() => Date | number);
  /**
   * What the store holds at first: a snapshot, or the bytes of a store file. In memory only. With a snapshot of a store in
   * this thread, options that are not given are those of that store, and opening takes less than a millisecond: a store for each test.
   */
  snapshot?: Snapshot | Uint8Array;
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
  /** Requires this token, as the vendors do: `SSWS`, `Bearer` or as each vendor takes it. The calls of the store itself need none. */
  token?: string;
  /** Answers at most so many requests in so many seconds, and refuses all others as the vendor does. */
  rateLimit?: { requests: number; seconds: number };
  /** How many bytes a body may have; by default 1 MiB. */
  bodyLimit?: number;
  /** Questions that the vendors' documents and servers answer differently, by the names that `docs/` lists: answered in the other way. */
  switches?: string[];
  /** The WebAssembly module in place of the package's own. The first store that is given one decides. */
  wasm?: WasmSource;
  /** @internal Seals or unseals the file first, which must be there. */
  convert?: Conversion;
  /** `'counted'` counts instead of drawing at random, as the scenarios do that all ports of the store share. */
  entropy?: 'counted';
}

/**
 * What becomes of a file: its secrets are sealed, or everything in it, or it is unsealed.
 *
 * @internal
 */
export type Conversion = 'seal' | 'everything' | 'unseal';

const CONVERSIONS: readonly unknown[] = ['seal', 'everything', 'unseal'] satisfies Conversion[];

const STANDING = Date.UTC(2026, 0, 1);

const PLACE: Rule = {
  fits: (path: unknown) => path instanceof URL || (typeof path === 'string' && path !== ''),
  expected: 'a path or a URL',
};

const RATE: Rules<NonNullable<OpenOptions['rateLimit']>> = { requests: whole(1, 2 ** 32 - 1), seconds: whole(1, 2 ** 32 - 1) };

const PERSIST: Rules<Exclude<Persist, string | URL>> = { path: PLACE, exclusive: BOOLEAN };

/**
 * What `open` takes.
 *
 * @internal
 */
export const OPEN: Rules<OpenOptions> = {
  persist: {
    fits: (persist: unknown) => PLACE.fits(persist as never) || (isObject(persist) && !Array.isArray(persist)),
    expected: PLACE.expected,
  },
  seal: { fits: (seal: unknown) => isObject(seal), expected: 'a `passphrase`, or a `key`' },
  sealEverything: BOOLEAN,
  seed: {
    fits: (seed: unknown) => Number.isFinite(seed) || ((typeof seed === 'string' || ArrayBuffer.isView(seed)) && !isEmpty(seed)),
    expected: 'a finite number, a text or bytes, and not empty, or else a portable document or a function',
  },
  now: {
    fits: (now: unknown) => now instanceof Date || ['number', 'string', 'function'].includes(typeof now),
    expected: 'a time, or a function that returns it',
  },
  snapshot: {
    fits: (snapshot: Partial<Snapshot> | undefined) => ArrayBuffer.isView(snapshot) || typeof snapshot?.toBytes === 'function',
    expected: 'a snapshot, or its bytes',
  },
  baseUrl: { fits: isWebUrl, expected: 'a URL with `http` or `https`' },
  keys: {
    fits: (keys: unknown) => keys === 'webcrypto' || keys === 'fixture' || typeof keys === 'function',
    expected: '`webcrypto`, `fixture` or a function',
  },
  certificateKey: TEXT,
  fetcher: FUNCTION,
  token: TEXT,
  rateLimit: { fits: (limit: unknown) => isObject(limit), expected: '`requests` and `seconds`' },
  bodyLimit: whole(0, 2 ** 32 - 1),
  switches: TEXTS,
  wasm: { fits: (wasm: unknown) => typeof wasm === 'string' || isObject(wasm), expected: 'a URL or a module' },
  entropy: { fits: (entropy: unknown) => entropy === 'counted', expected: '`counted`' },
  convert: { fits: (convert: unknown) => CONVERSIONS.includes(convert), expected: CONVERSIONS.join(', ') },
};

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isEmpty(seed: string | ArrayBufferView): boolean {
  return (typeof seed === 'string' ? seed.length : seed.byteLength) === 0;
}

function isWebUrl(url: string | URL): boolean {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

/**
 * Where a lasting store is kept.
 *
 * @internal
 */
export interface Place {
  path: string | URL;
  exclusive: boolean;
}

/**
 * The options, resolved.
 *
 * @internal
 */
export interface Settings {
  place: Place | undefined;
  seed: Uint8Array;
  now: () => number;
  keys: 'webcrypto' | 'fixture' | KeySource;
  fetcher: Fetcher | undefined;
  wasm: WasmSource | undefined;
  /** What the module gets (`bindings/src/settings.rs`). */
  module: object;
}

/**
 * Looks through the options.
 *
 * @internal
 */
export function settings(options: OpenOptions): Settings {
  const { persist, seed, now, baseUrl, wasm, entropy, fetcher, token, bodyLimit, rateLimit, switches } = checked(options, OPEN);
  if (rateLimit) checked(rateLimit, RATE);
  const reproducible = seed !== undefined || entropy === 'counted';
  const keys = options.keys ?? (reproducible ? 'fixture' : 'webcrypto');
  if (persist !== undefined && (reproducible || keys === 'fixture')) {
    throw refused(
      "`seed`, `entropy` and `keys: 'fixture'` are for tests: what they make is no secret, and must not last",
    );
  }
  if (options.sealEverything && options.seal === undefined) throw refused('`sealEverything` needs `seal`');
  if (persist !== undefined && options.snapshot !== undefined) {
    throw refused('`snapshot` would overwrite what a lasting store holds: use `restore`');
  }
  return {
    place: persist === undefined ? undefined : placeOf(persist),
    seed: entropy === 'counted' ? new Uint8Array() : seedBytes(seed),
    now: clock(now ?? (reproducible ? STANDING : Date.now)),
    keys,
    fetcher,
    wasm,
    module: {
      ...(baseUrl === undefined ? {} : { baseUrl: String(baseUrl) }),
      certificateKey: options.certificateKey ?? (keys === 'fixture' ? 'RSA-2048' : 'RSA-4096'),
      // A signature that the module makes draws from the entropy, so what is to be the same in every port is made there.
      signs: keys !== 'fixture' && hasWebCrypto(),
      fetches: fetcher !== undefined,
      token,
      bodyLimit,
      rateLimit,
      switches,
      sealEverything: options.sealEverything,
    },
  };
}

/**
 * Looks through the option `persist`.
 *
 * @internal
 */
export function placeOf(persist: Persist): Place {
  const given = typeof persist === 'string' || persist instanceof URL ? { path: persist } : checked(persist, PERSIST);
  const { path, exclusive = false } = given;
  if (path === undefined) throw refused('`persist` has no `path`');
  if (path === ':memory:') throw refused('`:memory:` would be a file of that name: leave out `persist` for a store in memory');
  return { path, exclusive };
}

function seedBytes(seed: OpenOptions['seed']): Uint8Array {
  if (seed === undefined) return crypto.getRandomValues(new Uint8Array(32));
  if (typeof seed !== 'object') return new TextEncoder().encode(String(seed));
  return new Uint8Array(seed.buffer, seed.byteOffset, seed.byteLength);
}
