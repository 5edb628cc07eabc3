// The WebAssembly module: compiled once, however many stores are open, and instantiated for each of them. What goes wrong
// inside an instance ends one store.

import { builtin } from './builtin.js';
import { IdpStoreError } from './errors.js';
import type { WasmSource } from './sources.js';
import glue from './wasm/glue.js';
import { web } from './web.js';

/** An instance of the module, with the memory of one store and of those that were opened with its snapshots. */
export interface Instance {
  readonly exports: ReturnType<typeof glue>;
  /** What it has crashed with. Then nothing of it may be called any more, not even to free what is no longer reachable. */
  crash: unknown;
}

let compiling: Promise<WebAssembly.Module> | undefined;

/** Makes an instance; compiles the module first, unless that has been done. */
export async function load(source?: WasmSource): Promise<Instance> {
  return loaded(async () => instantiate(await compiled(source)));
}

/** Compiles the module, unless that has been done, so that a store can be opened quickly later. */
export async function prepare(source?: WasmSource): Promise<void> {
  await loaded(() => compiled(source));
}

function compiled(source?: WasmSource): Promise<WebAssembly.Module> {
  compiling ??= compile(source ?? new URL('./wasm/idpstore_bg.wasm', import.meta.url));
  // Answers need Node's `fetch`: let it be loaded while another thread compiles the module.
  void web.Response;
  return compiling;
}

async function loaded<T>(what: () => Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (cause) {
    compiling = undefined;
    throw new IdpStoreError(
      'ERR_UNSUPPORTED',
      'the WebAssembly module cannot be loaded; hand it in as `wasm`, for example the bundler\'s URL of "idpstore/idpstore.wasm"',
      { cause },
    );
  }
}

async function instantiate(module: WebAssembly.Module): Promise<Instance> {
  class Registry<Held> extends FinalizationRegistry<Held> {
    constructor(free: (held: Held) => void) {
      super((held) => {
        if (instance.crash === undefined) free(held);
      });
    }
  }
  const instance: Instance = { exports: glue(Registry), crash: undefined };
  await instance.exports.default({ module_or_path: module });
  return instance;
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  const found = await content(source);
  if ('arrayBuffer' in found) {
    if (!found.ok) throw new Error(`${found.status} at ${found.url}`);
    const isStreamed = found.headers.get('content-type') === 'application/wasm';
    return isStreamed ? WebAssembly.compileStreaming(found) : WebAssembly.compile(await found.arrayBuffer());
  }
  // Of this realm or of another.
  const isModule = Object.prototype.toString.call(found) === '[object WebAssembly.Module]';
  return isModule ? (found as WebAssembly.Module) : WebAssembly.compile(found as BufferSource);
}

/** What is at an address, or what was given instead of one. */
function content(source: WasmSource): Promise<Response> | Response | BufferSource | WebAssembly.Module {
  if (typeof source !== 'string' && !(source instanceof URL)) return source as Response | BufferSource | WebAssembly.Module;
  const isFile = source instanceof URL && source.protocol === 'file:';
  return (isFile && builtin<typeof import('node:fs')>('node:fs')?.readFileSync(source)) || fetch(source);
}
