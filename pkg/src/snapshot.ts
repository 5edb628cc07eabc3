// What a store held at one moment.

/// <reference lib="esnext.disposable" preserve="true" />

import { IdpStoreError } from './errors.js';

/** Bytes in an `ArrayBuffer`. Before TypeScript 5.7, `Uint8Array` has no parameter that says so. */
type Bytes = ReturnType<typeof Uint8Array.from>;

/** What a store held at one moment: for the store that it is of as long as that is open, and as bytes for every store. */
export interface Snapshot {
  /**
   * The bytes of a store file that holds the same, private keys and secrets included, sealed if the store is: `open({ snapshot: bytes })` begins with
   * it, and so does the command line.
   */
  toBytes(): Promise<Bytes>;
  /** Gives its memory back; otherwise that happens some time after it is no longer reachable. */
  [Symbol.dispose](): void;
}

/** The refusal of a snapshot of another store, or of one that was disposed of. */
export function foreignSnapshot(): IdpStoreError {
  return new IdpStoreError('ERR_SNAPSHOT', 'this is no snapshot of this store');
}
