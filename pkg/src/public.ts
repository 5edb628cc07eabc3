// What every entry that opens stores exports beside that.

export {
  IdpStoreError,
  type ErrorCode,
  type OktaRefusal,
  type PingOneRefusal,
  type Refusal,
  type ZitadelRefusal,
} from './errors.js';
export type { Fault, Faults, Requests, StoreClock } from './harness.js';
export type * from './okta-client.js';
export { accepted } from './refusal.js';
export type { OpenOptions, Persist } from './options.js';
export type { ServedRequest } from './served.js';
export type { Fetcher, KeySource, WasmSource } from './sources.js';
export type { Snapshot } from './snapshot.js';
export type { Change, IdpStore } from './store.js';
