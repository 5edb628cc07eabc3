import { open, type IdpStore, type Snapshot } from 'idpstore';
import { handlers } from 'idpstore/msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

let store: IdpStore;
let empty: Snapshot;
beforeAll(async () => {
  store = await open({ seed: 1 });
  empty = await store.snapshot();
});
beforeEach(() => store.restore(empty));
afterAll(() => store.close());

test.each([1, 2])('a store begins empty, time %i', async () => {
  const server = setupServer(...handlers(store));
  server.listen();
  const body = JSON.stringify({ type: 'NONE' });
  const refused = await fetch('https://example.okta.com/api/v1/idps', { method: 'POST', body });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  server.close();
  expect(await store.okta.listIdentityProviders()).toEqual([]);
});
