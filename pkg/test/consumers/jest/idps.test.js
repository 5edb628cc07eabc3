const { open, IdpStoreError } = require('idpstore');

let store;
let empty;
beforeAll(async () => {
  store = await open({ seed: 1 });
  empty = await store.snapshot();
});
beforeEach(() => store.restore(empty));
afterAll(() => store.close());

test.each([1, 2])('a store begins empty, time %i', async () => {
  const response = await store.fetch('/api/v1/idps');
  expect(await response.json()).toEqual([]);
  await expect(store.okta.getIdentityProvider('none')).rejects.toThrow(IdpStoreError);
});
