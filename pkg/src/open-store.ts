// Opening a store in this thread, with the module that an entry ships.

import { checked } from './checks.js';
import type { Shipped } from './module.js';
import { openCore } from './open-core.js';
import { OPEN } from './options.js';
import { emptied, filled, type StoreOptions } from './seed.js';
import { IdpStore } from './store.js';
import { withWrap } from './wrap.js';

export async function openWith(shipped: Shipped, options: StoreOptions): Promise<IdpStore> {
  const [empty, seed] = emptied(options);
  const { wasm = shipped, snapshot } = checked(empty, OPEN);
  const core = await openCore(await withWrap({ ...empty, wasm }));
  const again = (snapshot: Uint8Array) => openWith(shipped, { wasm, snapshot });
  return filled(new IdpStore(core, { ...core.options, ...empty }, again), seed, snapshot !== undefined);
}
