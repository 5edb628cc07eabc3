// A store as it was: the verbs that read, for each change that is kept.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from 'idpstore';
import { connect } from 'idpstore/connect';
import { samlMetadata } from 'idpstore/factories';
import { listen } from 'idpstore/node';

/** A store with a provider that was renamed, and the number of the change before that. */
async function renamed() {
  const store = await open({ seed: 1 });
  await store.providers.create({ metadata: samlMetadata(), alias: 'partner', name: 'Old' });
  const { last } = await store.history.changes();
  const document = await store.export();
  document.providers[0].name = 'New';
  await store.import(document);
  return { store, last };
}

test('each verb shows the store as it was after a change', async () => {
  const { store, last } = await renamed();
  const past = store.at(last);
  assert.equal(past.number, last);
  assert.equal((await store.providers.get('partner')).name, 'New');
  assert.equal((await past.providers.get('partner')).name, 'Old');
  assert.deepEqual((await past.providers.list({ name: 'old' }).all()).map(({ alias }) => alias), ['partner']);
  assert.deepEqual(await store.at(0).providers.list({ limit: 1 }).all(), []);
  assert.equal((await past.export()).providers[0].name, 'Old');
  assert.equal((await past.crossing.of('partner', { to: 'okta' })).shown.name, 'Old');
  assert.equal((await past.history.changes()).last, last);
  assert.equal((await past.at(last + 1).providers.get('partner')).name, 'New');
  assert.match(await past.metadata.of('partner'), /EntityDescriptor/);
  await store.close();
});

test('a result of the past is given once', async () => {
  const { store, last } = await renamed();
  const given = [];
  const end = store.at(last).live((query) => query.provider('partner')).subscribe((provider) => given.push(provider?.name));
  while (given.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await store.providers.delete('partner');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(given, ['Old']);
  end();
  await store.close();
});

test('nothing of the past is changed, and the APIs of vendors show what is now', async () => {
  const { store, last } = await renamed();
  const past = store.at(last);
  const refused = { code: 'ERR_UNSUPPORTED', message: /as it was after change \d+ cannot be changed: DELETE/ };
  await assert.rejects(past.providers.delete('partner'), refused);
  await assert.rejects(past.providers.delete('partner', { plan: true }), refused);
  await assert.rejects(past.okta.listIdentityProviders(), { code: 'ERR_UNSUPPORTED', message: /a vendor's API/ });
  await assert.rejects(store.at(99).providers.list(), (error) => error.response.status === 404);
  assert.throws(() => store.at(-1), { code: 'ERR_OPTIONS' });
  assert.throws(() => past.at(1.5), { code: 'ERR_OPTIONS' });
  await store.close();
});

test('a server shows its past, too', async () => {
  const { store, last } = await renamed();
  const server = await listen(store);
  assert.equal((await connect(server.url).at(last).providers.get('partner')).name, 'Old');
  await server.close();
  await store.close();
});
