// `idpstore/inline`: all of the package in one module of JavaScript, for programs that are to be one file.

import { openInWorkerWith, type WorkerOptions } from './in-worker.js';
import { unpacked } from './inflate.js';
import { GZIP } from './inlined/idpstore-whole.js';
import { SCRIPT } from './inlined/worker.js';
import { workerOf } from './inlined-worker.js';
import { Shipped } from './module.js';
import { openWith } from './open-store.js';
import type { StoreOptions } from './seed.js';
import type { IdpStore } from './store.js';

export * from './public.js';
export type { WorkerOptions };

const SHIPPED = new Shipped(() => unpacked(GZIP));

/** Opens a store in this thread, as `open` of `idpstore` does. */
export function open(options: StoreOptions = {}): Promise<IdpStore> {
  return openWith(SHIPPED, options);
}

/** Starts a worker and opens a store there, as `openInWorker` of `idpstore/worker` does. */
export function openInWorker(options: WorkerOptions = {}): Promise<IdpStore> {
  return openInWorkerWith(SHIPPED, { inlined: () => workerOf(SCRIPT) }, options);
}
