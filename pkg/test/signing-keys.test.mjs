// The signing key of a provider is changed in one call of the store.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IdpStoreError, open } from 'idpstore';
import { oidc } from './support/documents.mjs';

const code = (expected) => (error) => error instanceof IdpStoreError && error.code === expected;

test('a change of the signing key loses no write beside it', async () => {
  const store = await open({ keys: 'fixture' });
  const { id } = await store.providers.create(oidc('One'));
  const key = await store.signingKeys.generate(id);
  const changes = [
    async () => (await store.signingKeys.use(id, key.kid)).protocol.credentials.signing.kid,
    async () => (await store.signingKeys.rotate(id)).kid,
  ];
  for (const change of changes) {
    await store.providers.activate(id);
    const [kid] = await Promise.all([change(), store.providers.deactivate(id)]);
    const after = await store.providers.get(id);
    assert.deepEqual([after.status, after.protocol.credentials.signing.kid], ['INACTIVE', kid]);
  }
  // The other way round, too, and with several at once: each key was made, and the last one is in use.
  const rotated = await Promise.all([store.signingKeys.rotate(id), store.providers.activate(id), store.signingKeys.rotate(id)]);
  const after = await store.providers.get(id);
  assert.equal(after.status, 'ACTIVE');
  assert.ok([rotated[0].kid, rotated[2].kid].includes(after.protocol.credentials.signing.kid));
  assert.equal((await store.signingKeys.list(id)).length, 4);
  await store.close();
});

test('a change of the signing key that is refused changes nothing', async () => {
  const store = await open({ keys: 'fixture' });
  const google = { ...oidc('Google'), type: 'GOOGLE', protocol: { type: 'OIDC', scopes: ['openid'], credentials: { client: { client_id: 'id', client_secret: 'secret' } } } };
  const [{ id }, other] = [await store.providers.create(google), await store.providers.create(oidc('One'))];
  const { kid } = await store.signingKeys.generate(other.id);
  const before = await store.changes();
  const refused = (status) => (error) => code('ERR_RESPONSE')(error) && error.response.status === status;
  await assert.rejects(store.signingKeys.rotate(id), refused(400));
  await assert.rejects(store.signingKeys.use(id, kid), refused(400));
  await assert.rejects(store.signingKeys.use(other.id, 'none'), /signing\.kid/);
  await assert.rejects(store.signingKeys.rotate(other.id, { validityYears: 11 }), /Validity years/);
  await assert.rejects(store.signingKeys.use('none', kid), refused(404));
  assert.deepEqual(await store.changes(), before);
  await store.close();
});
