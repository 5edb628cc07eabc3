// The package's main entry.

import { openWith } from './opening.js';
import type { OpenOptions } from './options.js';
import { SHIPPED } from './shipped.js';
import type { IdpStore } from './store.js';

export * from './public.js';

/** Opens a store in this thread. A lasting one in the browser needs `openInWorker` of `idpstore/worker`. */
export function open(options: OpenOptions = {}): Promise<IdpStore> {
  return openWith(SHIPPED, options);
}
