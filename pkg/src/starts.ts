// How most entries start their workers.

import type { Starts } from './in-worker.js';
import { workerOf } from './inlined-worker.js';

export const STARTS: Starts = {
  // Bundlers look for exactly this.
  beside: () => new Worker(new URL('./worker-main.js', import.meta.url), { type: 'module', name: 'idpstore' }),
  inlined: async () => workerOf((await import('./inlined/worker.js')).SCRIPT),
};
