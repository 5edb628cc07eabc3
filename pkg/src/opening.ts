// Opening a store in this thread, with the module that an entry ships.

import { checked } from './checks.js';
import { LocalCore } from './core.js';
import type { Shipped } from './module.js';
import { OPEN, type OpenOptions } from './options.js';
import { IdpStore } from './store.js';

export async function openWith(shipped: Shipped, options: OpenOptions): Promise<IdpStore> {
  const { wasm = shipped, baseUrl } = checked(options, OPEN);
  const core = await LocalCore.open({ ...options, wasm });
  return new IdpStore(core, baseUrl === undefined ? undefined : String(baseUrl));
}
