// What every entry that opens stores exports beside that.

export {
  IdpStoreError,
  type ErrorCode,
  type OktaRefusal,
  type PingOneRefusal,
  type Refusal,
  type ZitadelRefusal,
} from './errors.js';
export type { Listing, Page } from './client.js';
export type { FileContent } from './content.js';
export type { SaveOptions, StoreFile } from './file.js';
export type { Fault, Faults, Operation, Requests, StoreClock } from './harness.js';
export type * from './idpstore-types.js';
export type { Live } from './live.js';
export type * as okta from './okta-types.js';
export type { Persist } from './options.js';
export type * as pingone from './pingone-types.js';
export type { Queries, Query } from './queries.js';
export { accepted } from './refusal.js';
export type { StoreOptions } from './seed.js';
export type { ServedRequest } from './served.js';
export type { Snapshot } from './snapshot.js';
export type { Fetcher, KeySource, WasmSource } from './sources.js';
export type { IdpStore } from './store.js';
export type { StoreSeal } from './store-seal.js';
export type { Past } from './verbs.js';
export type { KeyWrap } from './wrap.js';
export type * as zitadel from './zitadel-types.js';
