// esbuild follows no URL: the module is imported with its file loader, and the worker is an entry of its own.
import { open } from 'idpstore';
import wasm from 'idpstore/idpstore.wasm';
import { openInWorker } from 'idpstore/worker';

const url = new URL(wasm, import.meta.url).href;

async function told(store) {
  const response = await store.fetch('https://example.okta.com/api/v1/idps');
  const words = `${response.status} ${await response.text()}`;
  await store.close();
  return words;
}

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
globalThis.outcome = Promise.all([
  open({ seed: 1, wasm: url }).then(told),
  openInWorker({ seed: 1, wasm: url, worker }).then(told),
]).then(
  (words) => words.join(', '),
  (error) => `${error.code} ${error.message} ${error.cause}`,
);
