// A worker whose script is inside of JavaScript instead of a file of its own.

/** One address for all workers of a page: it must stay as long as one may be starting. */
let address: string | undefined;

/** Starts a worker with this script, which is the same each time. */
export function workerOf(script: string): Worker {
  address ??= URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  return new Worker(address, { type: 'module', name: 'idpstore' });
}
