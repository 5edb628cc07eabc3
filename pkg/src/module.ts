// The WebAssembly module: compiled once, however many stores are open, and instantiated for each of them. What goes wrong
// inside an instance ends one store.

import { builtin } from './builtin.js';
import { IdpStoreError } from './errors.js';
import type { WasmSource } from './sources.js';
import glue from './wasm/glue.js';
import { web } from './web.js';

/** The module as an entry of the package ships it. */
export class Shipped {
  constructor(
    /** Its bytes, from inside of JavaScript that is loaded for that. */
    readonly inlined: () => Promise<BufferSource>,
    /** Where its file is. Not every bundler takes the file along: then something else is there, or nothing. */
    readonly url?: () => URL | string,
  ) {}
}

/** An instance of the module, with the memory of one store and of those that were opened with its snapshots. */
export interface Instance {
  readonly exports: ReturnType<typeof glue>;
  /** What it has crashed with. Then nothing of it may be called any more, not even to free what is no longer reachable. */
  crash: unknown;
}

/** Stands for whatever was given instead of a shipped module: the first decides. */
const GIVEN = {};
const compiled = new WeakMap<object, Promise<WebAssembly.Module>>();

/** Makes an instance; compiles the module first, unless that has been done. */
export async function load(source: WasmSource | Shipped = ''): Promise<Instance> {
  return loaded(source, instantiate);
}

/** Compiles the module, unless that has been done, so that a store can be opened quickly later. */
export async function prepare(source: WasmSource | Shipped = ''): Promise<void> {
  await loaded(source, async () => {});
}

async function loaded<T>(source: WasmSource | Shipped, use: (module: WebAssembly.Module) => Promise<T>): Promise<T> {
  const key = source instanceof Shipped ? source : GIVEN;
  try {
    const compiling = compiled.get(key) ?? (source instanceof Shipped ? compileShipped(source) : compile(source));
    compiled.set(key, compiling);
    return await use(await compiling);
  } catch (cause) {
    compiled.delete(key);
    throw unloaded(cause, key === GIVEN);
  }
}

/** Begins the message about a module that cannot be loaded. */
export const UNLOADED = 'the WebAssembly module cannot be loaded';

/** That the module cannot be loaded, with the line that helps. */
export function unloaded(cause: unknown, isGiven: boolean): IdpStoreError {
  if (/unsafe-eval|CSP|embedder/.test(String(cause))) {
    return unsupported("the content security policy forbids WebAssembly: its `script-src` needs `'wasm-unsafe-eval'`", cause);
  }
  if (isGiven) return unsupported(`${UNLOADED} from what was given as \`wasm\`: ${String(cause)}`, cause);
  return unsupported(`${UNLOADED}: import from "idpstore/inline", which has it inside (${String(cause)})`, cause);
}

function unsupported(message: string, cause: unknown): IdpStoreError {
  return new IdpStoreError('ERR_UNSUPPORTED', message, { cause });
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

/** Compiles the file or, where that cannot be had, the same from inside of JavaScript. */
async function compileShipped({ url, inlined }: Shipped): Promise<WebAssembly.Module> {
  const failures: unknown[] = [];
  for (const source of [url, inlined]) {
    try {
      if (source) return await compile(await source());
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, failures.join('; '));
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  const found = await content(source);
  // Of this realm or of another.
  if (Object.prototype.toString.call(found) === '[object WebAssembly.Module]') return found as WebAssembly.Module;
  const compiling = 'arrayBuffer' in found ? compileResponse(found) : WebAssembly.compile(found as BufferSource);
  // Answers need Node's `fetch`, which takes long to load: other threads compile the module meanwhile.
  void web.Response;
  return compiling;
}

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) throw new Error(`${response.status} at ${response.url}`);
  const isStreamed = response.headers.get('content-type') === 'application/wasm';
  return isStreamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** What is at an address, or what was given instead of one. */
function content(source: WasmSource): Promise<Response> | Response | BufferSource | WebAssembly.Module {
  if (typeof source !== 'string' && !(source instanceof URL)) return source as Response | BufferSource | WebAssembly.Module;
  const isFile = source instanceof URL && source.protocol === 'file:';
  return (isFile && builtin<typeof import('node:fs')>('node:fs')?.readFileSync(source)) || fetch(source);
}
