// `idpstore/worker`: a store in a dedicated worker, with the same face as one in this thread.

import { IdpStoreError } from './errors.js';
import type { OpenOptions } from './options.js';
import { RemoteCore, type Port } from './remote.js';
import { IdpStore } from './store.js';

/** As `OpenOptions`, without what cannot be sent to a worker. */
export interface WorkerOptions extends Omit<OpenOptions, 'now' | 'keys' | 'fetcher' | 'wasm'> {
  now?: Date | number | string;
  keys?: 'webcrypto' | 'fixture';
  wasm?: WebAssembly.Module | BufferSource | string;
  /** The worker to use, where the bundler cannot find the package's own: one that imports `idpstore/worker-main`. */
  worker?: Worker;
}

/** Starts a worker and opens a store there: `persist` names a file of the origin-private file system. */
export async function openInWorker({ worker, ...options }: WorkerOptions = {}): Promise<IdpStore> {
  if (!worker && typeof Worker === 'undefined') {
    throw new IdpStoreError('ERR_UNSUPPORTED', 'there are no web workers here: use `open` of `idpstore`');
  }
  const baseUrl = options.baseUrl ?? (globalThis as { location?: Location }).location?.origin;
  const core = await RemoteCore.open((worker ?? start()) as Port, sendable(options));
  return new IdpStore(core, baseUrl === undefined ? undefined : String(baseUrl));
}

function start(): Worker {
  return new Worker(new URL('./worker-main.js', import.meta.url), { type: 'module', name: 'idpstore' });
}

/** URLs cannot be sent, their texts can. */
function sendable({ persist, baseUrl, ...rest }: Omit<WorkerOptions, 'worker'>): OpenOptions {
  const options: OpenOptions = { ...rest };
  if (baseUrl !== undefined) options.baseUrl = String(baseUrl);
  if (persist instanceof URL || typeof persist === 'string') options.persist = String(persist);
  else if (persist) options.persist = { ...persist, path: String(persist.path) };
  return options;
}
