// `idpstore/worker`: a store in a dedicated worker, with the same face as one in this thread.

import { checked, refused, type Rules } from './checks.js';
import { clock } from './clock.js';
import { IdpStoreError } from './errors.js';
import { OPEN, placeOf, type OpenOptions } from './options.js';
import { emptied, filled, type StoreOptions } from './seed.js';
import { RemoteCore } from './remote.js';
import { IdpStore } from './store.js';
import { WorkerLink, type Host, type Port } from './worker-link.js';

/** As `StoreOptions`; functions among them are called on the page. */
export interface WorkerOptions extends StoreOptions {
  /**
   * The worker to use, where the bundler cannot find the package's own: one that imports `idpstore/worker-main`. It
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

const used = new WeakSet<Worker>();

/**
 * Starts a worker and opens a store there: `persist` names a file of the origin-private file system, which all tabs share
 * that open it, unless one has it exclusively.
 */
export async function openInWorker(whole: WorkerOptions = {}): Promise<IdpStore> {
  const [empty, seed] = emptied(whole);
  const { worker, ...options } = checked(empty, RULES);
  if (!worker && typeof Worker === 'undefined') {
    throw new IdpStoreError('ERR_UNSUPPORTED', 'there are no web workers here: use `open` of `idpstore`');
  }
  const baseUrl = options.baseUrl ?? (globalThis as { location?: Location }).location?.origin;
  const [sent, host] = divided(options);
  if (sent.snapshot && !ArrayBuffer.isView(sent.snapshot)) sent.snapshot = await sent.snapshot.toBytes();
  if (sent.wasm instanceof Response) sent.wasm = await sent.wasm.arrayBuffer();
  const link = await WorkerLink.open((worker ? unused(worker) : start()) as Port, sent, host);
  if (sent.persist) void keepFiles();
  return filled(new IdpStore(new RemoteCore(link), baseUrl === undefined ? undefined : String(baseUrl)), seed);
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

function start(): Worker {
  return new Worker(new URL('./worker-main.js', import.meta.url), { type: 'module', name: 'idpstore' });
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
  if (wasm !== undefined) sent.wasm = wasm instanceof URL ? wasm.href : wasm;
  if (typeof now === 'function') host.now = clock(now);
  else if (now !== undefined) sent.now = now;
  if (typeof keys === 'function') host.keys = keys;
  else if (keys !== undefined) sent.keys = keys;
  if (fetcher) host.fetcher = fetcher;
  return [sent, host];
}
