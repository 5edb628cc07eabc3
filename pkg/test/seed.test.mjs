// What a store holds at first: documents, functions and snapshots, and a store for each test.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';

import { open } from 'idpstore';
import { oidcProvider, okta, PARTNER, pingone, samlMetadata, samlProvider, socialProvider, together, zitadel } from 'idpstore/factories';

const names = async (store) => (await store.providers.list().all()).map(({ name }) => name);

test('a document is what a store holds at first, the same each time', async () => {
  const seed = together(samlProvider({ name: 'SAML', alias: 'saml' }), samlProvider({ name: 'Other' }), oidcProvider({ name: 'OIDC' }), socialProvider());
  const [one, other] = [await open({ seed }), await open({ seed })];
  assert.deepEqual(await names(one), ['SAML', 'Other', 'OIDC', 'Sign in with google']);
  assert.deepEqual(await one.providers.list(), await other.providers.list());
  assert.equal((await one.keys.list()).items.length, 1, 'a key of the same name is one key');
  assert.equal((await one.okta.listIdentityProviders()).length, 4);
  await one.providers.delete('saml');
  await one.reset();
  assert.deepEqual(await names(one), ['SAML', 'Other', 'OIDC', 'Sign in with google']);
  await one.close();
  await other.close();
});

test('a function fills a store through any API', async () => {
  const store = await open({
    seed: async ({ okta: api, pingone: ping, zitadel: zit }) => {
      const { kid } = await api.createIdentityProviderKey({ x5c: [PARTNER.certificate] });
      await api.createIdentityProvider(okta.samlProvider({ kid, name: 'o saml' }));
      await api.createIdentityProvider(okta.oidcProvider({ name: 'o oidc' }));
      await api.createIdentityProvider(okta.socialProvider({ name: 'o social' }));
      const [environment] = (await ping.readAllEnvironments())._embedded.environments;
      const der = Uint8Array.from(atob(PARTNER.certificate), (character) => character.charCodeAt(0));
      const certificate = await ping.createCertificateFromFile(environment.id, { usageType: 'SIGNING', file: der });
      const saml = { idpEntityId: 'https://other.example' };
      await ping.createIdentityProvider(environment.id, pingone.samlProvider({ certificate: certificate.id, name: 'p saml', ...saml }));
      await ping.createIdentityProvider(environment.id, pingone.oidcProvider({ name: 'p oidc' }));
      await ping.createIdentityProvider(environment.id, pingone.socialProvider({ name: 'p social' }));
      await zit.admin.addSAMLProvider(zitadel.samlProvider(samlMetadata({ entityId: 'https://third.example' }), { name: 'z saml' }));
      await zit.admin.addGenericOIDCProvider(zitadel.oidcProvider({ name: 'z oidc' }));
      await zit.admin.addGoogleProvider(zitadel.socialProvider({ name: 'z social' }));
    },
  });
  const wanted = ['o', 'p', 'z'].flatMap((vendor) => ['saml', 'oidc', 'social'].map((kind) => `${vendor} ${kind}`));
  assert.deepEqual(await names(store), wanted);
  assert.equal((await store.check()).sound, true);
  await store.close();
});

test('a store that cannot be filled is not opened', async () => {
  await assert.rejects(open({ seed: { version: 1, providers: [{ name: 'No protocol' }] } }), /protocol/);
  await assert.rejects(open({ seed: () => Promise.reject(new Error('no')) }), /no/);
  await assert.rejects(open({ seed: [samlProvider(), samlProvider()] }), { code: 'ERR_OPTIONS', message: /`together`/ });
});

test('what the partner signs verifies with its certificate', () => {
  const der = (text) => Buffer.from(text, 'base64');
  const key = createPrivateKey({ key: der(PARTNER.privateKey), format: 'der', type: 'pkcs8' });
  const certificate = new X509Certificate(der(PARTNER.certificate));
  assert.ok(certificate.checkPrivateKey(key));
  assert.ok(verify('sha256', Buffer.from('an assertion'), certificate.publicKey, sign('sha256', Buffer.from('an assertion'), key)));
  assert.ok(createPublicKey(key));
});

test('a store is opened with a snapshot for each test, and they know nothing of each other', async () => {
  const base = await open({ seed: samlProvider({ alias: 'partner' }), baseUrl: 'https://example.okta.com' });
  const snapshot = await base.snapshot();
  await base.close();
  const run = async () => {
    const store = await open({ snapshot });
    const { kid } = await store.rotation.prepare({ owners: ['partner'], key: 'EC-P-256' });
    await store.providers.deactivate('partner');
    const [shown] = await store.okta.listIdentityProviders();
    await store.close();
    return [kid, shown.status, shown._links.self?.href ?? shown._links.metadata.href];
  };
  const first = await run();
  assert.equal(first[1], 'INACTIVE');
  assert.match(first[2], /^https:\/\/example\.okta\.com\//, 'options are those of the base');
  assert.deepEqual(await run(), first);
  const [one, other] = [await open({ snapshot }), await open({ snapshot: await snapshot.toBytes() })];
  await one.providers.delete('partner');
  assert.equal((await other.providers.list()).items.length, 1);
  await one.close();
  await other.close();
});

test('snapshots have names', async () => {
  const store = await open({ seed: 1 });
  await store.snapshot('empty');
  await store.import(samlProvider());
  await store.snapshot('one');
  await store.restore('empty');
  assert.deepEqual(await names(store), []);
  await store.restore('one');
  assert.deepEqual(await names(store), ['SAML partner']);
  await assert.rejects(store.restore('none'), { code: 'ERR_OPTIONS' });
  await store.close();
});

test('a store goes back to the snapshot with which it was opened', async () => {
  const base = await open({ seed: samlProvider() });
  const snapshot = await base.snapshot();
  for (const given of [snapshot, await snapshot.toBytes()]) {
    const store = await open({ snapshot: given });
    await store.import(oidcProvider());
    await store.reset();
    assert.deepEqual(await names(store), ['SAML partner']);
    await store.close();
  }
  await base.close();
});

test('a seed that holds nothing is refused', async () => {
  for (const seed of [{}, new Map(), new ArrayBuffer(4), Promise.resolve(1)]) await assert.rejects(open({ seed }), { code: 'ERR_OPTIONS' });
});
