// `idpstore/okta`, with Okta's own SDK.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { open } from 'idpstore';
import { requestExecutor } from 'idpstore/okta';
import { names, oidc } from './support/documents.mjs';

const { Client } = createRequire(import.meta.url)('@okta/okta-sdk-nodejs');

test("Okta's SDK works without a socket", async () => {
  const store = await open({ seed: 1 });
  const client = new Client({
    orgUrl: 'https://example.okta.com',
    token: 'none',
    requestExecutor: requestExecutor(store),
  });
  const api = client.identityProviderApi;
  const made = await api.createIdentityProvider({ identityProvider: oidc('One') });
  assert.equal(made.name, 'One');
  assert.deepEqual(await names(store), ['One']);
  const listed = [];
  await (await api.listIdentityProviders()).each((provider) => listed.push(provider.name));
  assert.deepEqual(listed, ['One']);
  const key = await api.generateIdentityProviderSigningKey({ idpId: made.id, validityYears: 2 });
  assert.equal((await store.okta.listIdentityProviderSigningKeys(made.id))[0].kid, key.kid);
  await api.deleteIdentityProvider({ idpId: made.id });
  await assert.rejects(api.getIdentityProvider({ idpId: made.id }), { status: 404 });
  await store.close();
});
