// The package's main entry.

import { openCore } from './open.js';
import { emptied, filled, type StoreOptions } from './seed.js';
import { IdpStore } from './store.js';

export {
  IdpStoreError,
  type ErrorCode,
  type OktaRefusal,
  type PingOneRefusal,
  type Refusal,
  type ZitadelRefusal,
} from './errors.js';
export type { Listing, Page } from './client.js';
export type { File } from './content.js';
export type { SaveOptions, StoreFile } from './file.js';
export type { Fault, Faults, Requests, StoreClock } from './harness.js';
export type * from './idpstore-types.js';
export type { Live } from './live.js';
export type * as okta from './okta-types.js';
export type * as pingone from './pingone-types.js';
export type { Queries, Query } from './queries.js';
export type * as zitadel from './zitadel-types.js';
export { accepted } from './refusal.js';
export type { Persist } from './options.js';
export type { StoreOptions } from './seed.js';
export type { ServedRequest } from './served.js';
export type { Fetcher, KeySource, WasmSource } from './sources.js';
export type { Snapshot } from './snapshot.js';
export type { IdpStore } from './store.js';

/** Opens a store in this thread. A lasting one in the browser needs `openInWorker` of `idpstore/worker`. */
export async function open(options: StoreOptions = {}): Promise<IdpStore> {
  const [empty, seed] = emptied(options);
  const core = await openCore(empty);
  return filled(new IdpStore(core, options.baseUrl === undefined ? undefined : String(options.baseUrl)), seed);
}
