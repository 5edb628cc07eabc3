// The package's main entry.

import { openWith } from './open-store.js';
import { SHIPPED } from './shipped.js';
import type { StoreOptions } from './seed.js';
import type { IdpStore } from './store.js';

export * from './public.js';

/**
 * Opens a store in this thread. A lasting one in the browser needs `openInWorker` of `idpstore/worker`.
 *
 * ```js
 * const store = await open({ seed: samlProvider({ name: 'Partner' }) }); // in memory, the same each time
 * const lasting = await open({ persist: 'admin.redb' }); // a file, in Node
 * ```
 */
export function open(options: StoreOptions = {}): Promise<IdpStore> {
  return openWith(SHIPPED, options);
}
