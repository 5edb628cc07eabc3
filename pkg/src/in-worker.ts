// A store in a dedicated worker, with the same face as one in this thread.

import { checked, refused, type Rules } from './checks.js';
import { clock } from './clock.js';
import { IdpStoreError } from './errors.js';
import { UNLOADED, unloaded, type Shipped } from './module.js';
import { OPEN, placeOf, type OpenOptions } from './options.js';
import { RemoteCore } from './remote.js';
import { emptied, filled, type StoreOptions } from './seed.js';
import type { WasmSource } from './sources.js';
import { IdpStore } from './store.js';
import { WorkerLink, type Host, type Port } from './worker-link.js';
import { withWrap } from './wrap.js';

/** As `StoreOptions`; functions among them are called on the page. */
export interface WorkerOptions extends StoreOptions {
  /**
   * The worker to use in place of the package's own: one that imports `idpstore/worker-main`. It
   * belongs to this one store, which ends it when it is closed or cannot be opened.
   */
  worker?: Worker;
}

const RULES: Rules<OpenOptions & Pick<WorkerOptions, 'worker'>> = {
  ...OPEN,
  worker: {
    fits: (worker: Partial<Worker> | null) =>
      [worker?.postMessage, worker?.addEventListener, worker?.terminate].every((call) => typeof call === 'function'),
    expected: 'a worker',
  },
};

/**
 * How a worker is started.
 *
 * @internal
 */
export interface Starts {
  /** By the package's own script. Not every bundler takes it along, and not every page may run it. */
  beside?: () => Worker;
  /** By a script from inside of JavaScript that is loaded for that. */
  inlined: () => Promise<Worker> | Worker;
}

const used = new WeakSet<Worker>();

/**
 * Starts a worker and opens a store there, with the module that an entry ships.
 *
 * @internal
 */
export async function openInWorkerWith(shipped: Shipped, starts: Starts, whole: WorkerOptions): Promise<IdpStore> {
  const [empty, seed] = emptied(whole);
  const { worker, ...given } = checked(empty, RULES);
  if (!worker && typeof Worker === 'undefined') {
    throw new IdpStoreError('ERR_UNSUPPORTED', 'there are no web workers here: use `open` of `idpstore`');
  }
  const options = await withWrap(given);
  const baseUrl = options.baseUrl ?? (globalThis as { location?: Location }).location?.origin;
  const [sent, host] = divided(options);
  if (sent.snapshot && !ArrayBuffer.isView(sent.snapshot)) sent.snapshot = await sent.snapshot.toBytes();
  if (sent.wasm instanceof Response) sent.wasm = await sent.wasm.arrayBuffer();
  const file = sent.wasm ?? addressOf(shipped);
  const link = worker
    ? await WorkerLink.open(unused(worker) as Port, { ...sent, wasm: file ?? (await inside(shipped)) }, host)
    : await started(starts, file, shipped, sent, host);
  if (sent.persist) void keepFiles();
  const again = (snapshot: Uint8Array) => openInWorkerWith(shipped, starts, { ...(file === undefined ? {} : { wasm: file }), snapshot });
  const store = new IdpStore(new RemoteCore(link), { ...options, ...(baseUrl === undefined ? {} : { baseUrl }) }, again);
  return filled(store, seed, options.snapshot !== undefined);
}

/** Opens the store by what is beside the package's JavaScript or, where that cannot be had, by what is inside. */
async function started(
  { beside, inlined }: Starts,
  file: WasmSource | undefined,
  shipped: Shipped,
  sent: OpenOptions,
  host: Host,
): Promise<WorkerLink> {
  if (beside && file !== undefined) {
    try {
      return await WorkerLink.open(beside() as Port, { ...sent, wasm: file }, host);
    } catch (error) {
      if (!isMissing(error, sent.wasm === undefined)) throw error;
    }
  }
  // Before the worker: that it fails is an event, which only those see who listen by then.
  const wasm = sent.wasm ?? (await inside(shipped));
  try {
    return await WorkerLink.open((await inlined()) as Port, { ...sent, wasm }, host);
  } catch (error) {
    throw unstarted(error);
  }
}

/** Whether it is the package's own script or module that cannot be loaded, and nothing that is wrong with the store. */
function isMissing(error: unknown, isShipped: boolean): boolean {
  if (!IdpStoreError.is(error)) return true;
  const isModule = isShipped && error.message.startsWith(UNLOADED);
  return error.code === 'ERR_UNSUPPORTED' && (isModule || error.message.startsWith('the worker failed'));
}

/** The bytes of the module from inside of JavaScript. */
async function inside(shipped: Shipped): Promise<BufferSource> {
  try {
    return await shipped.inlined();
  } catch (cause) {
    throw unloaded(cause, false);
  }
}

/** The error and, if there is no worker, the line that helps. */
function unstarted(error: unknown): unknown {
  if (error instanceof IdpStoreError && !error.message.startsWith('the worker failed')) return error;
  return new IdpStoreError(
    'ERR_UNSUPPORTED',
    `no worker can be started (${error instanceof Error ? error.message : String(error)}): let \`worker-src\` of the content ` +
      "security policy have `'self' blob:`, or hand in a worker that imports \"idpstore/worker-main\" as `worker`",
    { cause: error },
  );
}

/** Where a shipped module is, for a worker whose script is elsewhere. */
function addressOf({ url }: Shipped): string | undefined {
  try {
    return url && absolute(url());
  } catch {
    return undefined;
  }
}

function absolute(url: URL | string): string {
  return new URL(url, (globalThis as { location?: Location }).location?.href).href;
}

/** Asks the browser not to delete files when space becomes scarce; some ask the user. */
async function keepFiles(): Promise<void> {
  const storage = (navigator as { storage?: StorageManager }).storage;
  try {
    if (!(await storage?.persisted())) await storage?.persist();
  } catch {
    // The store is open all the same.
  }
}

/** Two stores would take each other's answers, and a store that could not be opened has ended its worker. */
function unused(worker: Worker): Worker {
  if (used.has(worker)) throw refused('`worker` has been used: each store needs its own');
  used.add(worker);
  return worker;
}

/** What can be sent, and what stays here. URLs cannot be sent, their texts can. */
function divided({ persist, baseUrl, now, keys, fetcher, wasm, ...rest }: OpenOptions): [OpenOptions, Host] {
  const sent: OpenOptions = { ...rest };
  const host: Host = {};
  if (baseUrl !== undefined) sent.baseUrl = String(baseUrl);
  if (persist !== undefined) {
    const { path, exclusive } = placeOf(persist);
    sent.persist = { path: String(path), exclusive };
  }
  if (wasm !== undefined) sent.wasm = typeof wasm === 'string' || wasm instanceof URL ? absolute(wasm) : wasm;
  if (typeof now === 'function') host.now = clock(now);
  else if (now !== undefined) sent.now = now;
  if (typeof keys === 'function') host.keys = keys;
  else if (keys !== undefined) sent.keys = keys;
  if (fetcher) host.fetcher = fetcher;
  return [sent, host];
}
