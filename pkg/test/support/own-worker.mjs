// A worker of a page that opens a store itself: makes a provider in it, and says later which there are.
import { open } from '/dist/index.js';
import { names, oidc } from './documents.mjs';

let store;
addEventListener('message', async ({ data }) => {
  if (data !== 'again') {
    store = await open({ persist: data });
    await store.okta.createIdentityProvider(oidc('From a worker'));
  }
  postMessage(String(await names(store)));
});
