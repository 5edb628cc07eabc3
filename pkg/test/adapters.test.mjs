// The adapters that Node has: a loopback listener, MSW's handlers, Okta's own SDK.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { open } from 'idpstore';
import { handlers } from 'idpstore/msw';
import { listen } from 'idpstore/node';
import { requestExecutor } from 'idpstore/okta';
import { setupServer } from 'msw/node';
import { DOORS, names, oidc } from './support/documents.mjs';

const { Client } = createRequire(import.meta.url)('@okta/okta-sdk-nodejs');

test('a loopback listener answers as the store does', async () => {
  const store = await open({ seed: 1 });
  const listener = await listen(store);
  const headers = { 'content-type': 'application/json' };
  const made = await fetch(`${listener.url}/api/v1/idps`, { method: 'POST', headers, body: JSON.stringify(oidc('One')) });
  const provider = await made.json();
  assert.equal(made.status, 200);
  assert.ok(provider._links.authorize.href.startsWith(listener.url), provider._links.authorize.href);
  assert.equal((await fetch(`${listener.url}/api/v1/idps/${provider.id}`, { method: 'DELETE' })).status, 204);
  const large = await fetch(`${listener.url}/api/v1/idps`, { method: 'POST', headers, body: 'x'.repeat(2 ** 21) });
  assert.equal(large.status, 413);
  await listener.close();
  await assert.rejects(fetch(listener.url));
  await store.close();
});

test('MSW answers a program from the store', async () => {
  const store = await open({ seed: 1 });
  const server = setupServer(...handlers(store, { origin: 'https://example.okta.com' }));
  server.listen({ onUnhandledRequest: 'error' });
  try {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(oidc('One'));
    const made = await fetch('https://example.okta.com/api/v1/idps', { method: 'POST', headers, body });
    assert.equal(made.status, 200);
    const listed = await fetch('https://example.okta.com/api/v1/idps?limit=5');
    assert.equal((await listed.json())[0].name, 'One');
  } finally {
    server.close();
  }
  await store.close();
});

test("MSW answers at every vendor's door, and nowhere else", async () => {
  const store = await open({ seed: 1 });
  const outside = setupServer(...handlers(store, { origin: 'https://*.example.com' }));
  for (const [method, path, status] of DOORS) {
    const server = setupServer(...handlers(store));
    server.listen({ onUnhandledRequest: 'error' });
    const answer = await fetch(`https://any.example${path}?x=y`, { method });
    server.close();
    assert.equal(answer.status, status, path);
  }
  outside.listen({ onUnhandledRequest: 'error' });
  assert.equal((await fetch('https://one.example.com/v1/environments')).status, 200);
  for (const url of ['https://one.example.org/v1/environments', 'https://one.example.com/app/v1/environments']) {
    await assert.rejects(fetch(url), /onUnhandledRequest/, url);
  }
  outside.close();
  await store.close();
});

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
  assert.equal((await store.signingKeys.list(made.id))[0].kid, key.kid);
  await api.deleteIdentityProvider({ idpId: made.id });
  await assert.rejects(api.getIdentityProvider({ idpId: made.id }), { status: 404 });
  await store.close();
});
