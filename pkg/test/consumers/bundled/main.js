// The same page for every bundler: a store on the page and one in a worker.
import { open } from 'idpstore';
import { openInWorker } from 'idpstore/worker';

async function told(store) {
  const response = await store.fetch('https://example.okta.com/api/v1/idps');
  const words = `${response.status} ${await response.text()}`;
  await store.close();
  return words;
}

globalThis.outcome = Promise.all([open({ seed: 1 }).then(told), openInWorker({ seed: 1 }).then(told)]).then(
  (words) => words.join(', '),
  (error) => `${error.code} ${error.message} ${error.cause}`,
);
