// The store of a server, with the verbs of one that is open here.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from 'idpstore';
import { connect } from 'idpstore/connect';
import { samlProvider } from 'idpstore/factories';
import { listen } from 'idpstore/node';

test('a server has the same verbs, for those who have its token', async () => {
  const behind = await open({ seed: samlProvider({ alias: 'partner' }), token: 'secret' });
  const server = await listen(behind);
  const store = connect(server.url, { token: 'secret', every: 5 });
  assert.equal((await store.providers.get('partner')).name, 'SAML partner');
  assert.equal((await store.okta.listIdentityProviders()).length, 1);
  const told = [];
  const end = await store.subscribe(({ kind }) => told.push(kind));
  await behind.providers.deactivate('partner');
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(told, ['provider_deactivated']);
  end();
  await assert.rejects(connect(server.url).providers.list(), (error) => error.response.status === 401);
  await assert.rejects(connect(server.url).subscribe(() => {}), (error) => error.response.status === 401);
  await store.close();
  await server.close();
  await behind.close();
});

test('a server that does not answer is waited for', async () => {
  const behind = await open({ seed: samlProvider({ alias: 'partner' }) });
  let isThere = true;
  const answered = async (url, init) => {
    if (!isThere) throw new TypeError('fetch failed');
    return behind.fetch(url, init);
  };
  const store = connect('http://127.0.0.1:1', { every: 5, fetch: answered });
  const told = [];
  await store.subscribe(({ kind }) => told.push(kind));
  isThere = false;
  await behind.providers.deactivate('partner');
  await assert.rejects(store.providers.list(), { code: 'ERR_INTERRUPTED' });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(told, []);
  isThere = true;
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(told, ['provider_deactivated']);
  await store.close();
  await behind.close();
});

test('a server that does not answer is reported to who has no result yet', async () => {
  const store = connect('http://127.0.0.1:9', { fetch: () => Promise.reject(new TypeError('fetch failed')) });
  const error = await new Promise((resolve) => {
    const end = store.live((query) => query.providers()).subscribe(assert.fail, (error) => (end(), resolve(error)));
  });
  assert.equal(error.code, 'ERR_INTERRUPTED');
  await store.close();
});

test('a change that is made through a connection is seen at once', async (t) => {
  const behind = await open();
  const listener = await listen(behind);
  t.after(async () => {
    await listener.close();
    await behind.close();
  });
  // By itself it would look once a day.
  const store = connect(listener.url, { every: 86_400_000 });
  const seen = new Promise((resolve) => void store.subscribe(resolve));
  await store.providers.list();
  await store.import({ version: 1, providers: [{ name: 'Partner', protocol: { type: 'saml', entity_id: 'urn:partner' } }] });
  assert.equal((await seen).kind, 'imported');
  await store.close();
});
