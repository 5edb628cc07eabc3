// `idpstore/worker`: a store in a dedicated worker, with the same face as one in this thread.

import { openInWorkerWith, type WorkerOptions } from './in-worker.js';
import { SHIPPED } from './shipped.js';
import { STARTS } from './starts.js';
import type { IdpStore } from './store.js';

export type { WorkerOptions };

/**
 * Starts a worker and opens a store there: `persist` names a file of the origin-private file system, which all tabs share
 * that open it, unless one has it exclusively.
 *
 * ```js
 * const store = await openInWorker({ persist: 'admin.redb' });
 * ```
 */
export function openInWorker(options: WorkerOptions = {}): Promise<IdpStore> {
  return openInWorkerWith(SHIPPED, STARTS, options);
}
