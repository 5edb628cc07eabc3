// The WebAssembly module: loaded once, however many stores are open.

import { builtin } from './builtin.js';
import { IdpStoreError } from './errors.js';
import type { WasmSource } from './options.js';
import initialize, { Store, type InitInput } from './wasm/idpstore.js';
import { web } from './web.js';

let loading: Promise<typeof Store> | undefined;

/** Loads the module, unless that has been done. */
export function load(source?: WasmSource): Promise<typeof Store> {
  loading ??= instantiate(source).catch((cause: unknown) => {
    loading = undefined;
    throw new IdpStoreError(
      'ERR_UNSUPPORTED',
      'the WebAssembly module cannot be loaded; hand it in as `wasm`, for example the bundler\'s URL of "idpstore/idpstore.wasm"',
      { cause },
    );
  });
  return loading;
}

async function instantiate(source: WasmSource | undefined): Promise<typeof Store> {
  const place = source ?? new URL('./wasm/idpstore_bg.wasm', import.meta.url);
  const bytes = isFile(place) ? builtin<typeof import('node:fs')>('node:fs')?.readFileSync(place) : undefined;
  const loaded = initialize({ module_or_path: bytes ? WebAssembly.compile(bytes) : (place as InitInput) });
  // Answers need Node's `fetch`: let it be loaded while another thread compiles the module.
  void web.Response;
  await loaded;
  return Store;
}

function isFile(place: unknown): place is URL {
  return place instanceof URL && place.protocol === 'file:';
}
