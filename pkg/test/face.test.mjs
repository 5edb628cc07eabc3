// The verbs of a store, in no vendor's form, and the vendors' own calls beside them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IdpStoreError, open } from 'idpstore';
import { PARTNER, samlMetadata } from 'idpstore/factories';
import { oidc } from './support/documents.mjs';

test('a provider is created from metadata, and every API shows it under its own id', async () => {
  const store = await open({ seed: 1 });
  const { provider, certificates } = await store.providers.create({ metadata: samlMetadata(), alias: 'partner' });
  assert.deepEqual([provider.kind, provider.alias, provider.protocol.entity_id], ['saml', 'partner', 'https://saml.example']);
  assert.deepEqual(certificates.map(({ outcome }) => outcome), ['added']);
  assert.equal((await store.okta.getIdentityProvider(provider.ids.okta)).name, provider.name);
  const [environment] = (await store.pingone.readAllEnvironments())._embedded.environments;
  assert.equal((await store.pingone.readOneIdentityProvider(environment.id, provider.ids.pingone)).type, 'SAML');
  assert.equal((await store.zitadel.admin.getProviderByID(provider.ids.zitadel)).idp.name, provider.name);
  for (const id of ['partner', provider.id, ...Object.values(provider.ids)]) {
    assert.equal((await store.providers.get(id)).id, provider.id);
  }
  await store.close();
});

test('metadata is taken as text, and in bytes of any character set', async () => {
  const store = await open({ seed: 1 });
  const text = `<?xml version="1.0" encoding="iso-8859-1"?><!-- für Jürgen -->${samlMetadata()}`;
  const latin = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const { provider } = await store.providers.create({ metadata: latin, alias: 'latin' });
  assert.equal(provider.protocol.entity_id, 'https://saml.example');
  assert.equal(provider.alias, 'latin');
  const der = Uint8Array.from(atob(PARTNER.certificate), (character) => character.charCodeAt(0));
  assert.equal((await store.providers.trust('latin', { certificate: der })).trusted_keys.length, 1);
  await store.close();
});

test('what would change is planned, and nothing is changed', async () => {
  const store = await open({ seed: 1 });
  await store.providers.create({ metadata: samlMetadata(), alias: 'partner' });
  const moved = samlMetadata({ location: 'https://saml.example/login' });
  const plan = await store.metadata.import('partner', { metadata: moved }, { plan: true });
  assert.deepEqual(plan.changes.flatMap(({ members }) => members), ['/protocol/single_sign_on/location']);
  assert.equal((await store.providers.get('partner')).protocol.single_sign_on.location, 'https://saml.example/sso');
  await store.metadata.import('partner', { metadata: moved });
  assert.equal((await store.providers.get('partner')).protocol.single_sign_on.location, 'https://saml.example/login');
  const gone = await store.providers.delete('partner', { plan: true });
  assert.deepEqual(gone.changes.map(({ outcome }) => outcome), ['deleted']);
  assert.equal(await store.providers.delete('partner'), undefined);
  await store.close();
});

test('a provider is edited as a vendor shows it', async () => {
  const store = await open({ seed: 1 });
  await store.providers.create({ metadata: samlMetadata(), alias: 'partner' });
  assert.deepEqual((await store.providers.get('partner')).shown_by, ['okta', 'pingone', 'zitadel']);
  assert.deepEqual((await store.providers.links('partner')).items, []);
  for (const vendor of ['okta', 'pingone', 'zitadel']) {
    const { shown } = await store.crossing.of('partner', { to: vendor });
    const unchanged = await store.providers.replaceDocument('partner', vendor, shown, { plan: true });
    assert.deepEqual(unchanged.changes, []);
    assert.equal((await store.providers.replaceDocument('partner', vendor, { ...shown, name: vendor })).name, vendor);
    await assert.rejects(store.providers.replaceDocument('partner', vendor, { ...shown, name: 5 }), (error) => {
      assert.equal(error.response.body.violations[0].pointer, '/name');
      return true;
    });
  }
  await store.close();
});

test('a provider is created from what the fetcher of the page reads', async () => {
  const fetcher = async (url) => (url === 'https://saml.example/metadata' ? new Response(samlMetadata()) : new Response('', { status: 404 }));
  const store = await open({ seed: 1, fetcher });
  const url = 'https://saml.example/metadata';
  const plan = await store.providers.createFrom({ url }, { plan: true });
  assert.match(plan.answer.certificates[0].fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  const { provider } = await store.providers.createFrom({ url, alias: 'partner' });
  assert.equal(provider.source.url, url);
  assert.deepEqual((await store.metadata.refresh()).items.map(({ outcome }) => outcome), ['unchanged']);
  await assert.rejects(store.providers.createFrom({ url: 'https://nothing.example' }), { code: 'ERR_RESPONSE' });
  await store.close();
  const without = await open({ seed: 1 });
  await assert.rejects(without.providers.createFrom({ url }), /this store fetches no documents/);
  await without.close();
});

test('a key is rotated with overlap, and undone', async () => {
  const store = await open({ seed: 1 });
  await store.providers.create({ metadata: samlMetadata(), alias: 'partner' });
  const roles = async () => (await store.rotation.status('partner')).keys.map(({ role }) => role).sort();
  const first = await store.rotation.prepare({ owners: ['partner'], key: 'EC-P-256' });
  await store.rotation.promote({ kid: first.kid, owners: ['partner'] });
  const second = await store.rotation.prepare({ owners: ['partner'], key: 'EC-P-256' });
  assert.deepEqual(await roles(), ['active', 'next']);
  assert.equal((await store.metadata.of('partner')).match(/<(\w+:)?X509Certificate>/g).length, 2);
  await store.rotation.promote({ kid: second.kid, owners: ['partner'], overlap: 14 * 86_400 });
  assert.deepEqual(await roles(), ['active', 'previous']);
  assert.deepEqual((await store.keys.references(second.kid)).items.map(({ name }) => name), ['https://saml.example']);
  await store.clock.advance('15d');
  assert.deepEqual(await roles(), ['active', 'retired']);
  const { items } = await store.history.changes();
  const promoted = items.findLast(({ kind }) => kind === 'signing_key_promoted');
  assert.equal(promoted.ids.okta, (await store.providers.get('partner')).ids.okta);
  await store.providers.deactivate('partner');
  const { items: [, ...more] } = await store.history.changes({ after: promoted.number - 1 });
  await store.history.undo(more.at(-1).number);
  assert.equal((await store.providers.get('partner')).state, 'active');
  await store.close();
});

test('an export is imported into another store', async () => {
  const [one, other] = [await open({ seed: 1 }), await open({ seed: 2 })];
  await one.providers.create({ metadata: samlMetadata(), alias: 'partner' });
  const document = await one.export();
  const planned = await other.import(document, { plan: true });
  assert.deepEqual(planned.planned.map(({ outcome }) => outcome), ['created', 'created']);
  assert.equal((await other.providers.list()).items.length, 0);
  await other.import(document);
  assert.deepEqual((await other.providers.get('partner')).protocol, (await one.providers.get('partner')).protocol);
  assert.equal((await other.check()).sound, true);
  await one.close();
  await other.close();
});

test('the requests that make the providers at another vendor are data and a script', async () => {
  const store = await open({ seed: 1 });
  const { provider } = await store.providers.create({ metadata: samlMetadata(), alias: 'partner' });
  const { items } = await store.crossing.requests({ to: 'okta' });
  assert.deepEqual([items.length, items[0].provider, items[0].reason], [1, provider.id, null]);
  assert.deepEqual(items[0].requests.map(({ method, path }) => `${method} ${path}`), ['POST /api/v1/idps/credentials/keys', 'POST /api/v1/idps']);
  assert.match(await store.crossing.script({ to: 'okta' }), /^#!\/usr\/bin\/env bash\n[^]*\nsend POST "\/api\/v1\/idps" /);
  await store.close();
});

test('a list is one page, or all of it', async () => {
  const store = await open({ seed: 1 });
  for (const name of ['a', 'b', 'c', 'd', 'e']) await store.okta.createIdentityProvider(oidc(name));
  const page = await store.providers.list({ limit: 2 });
  assert.deepEqual(page.items.map(({ name }) => name), ['a', 'b']);
  assert.deepEqual((await store.providers.list({ limit: 2, after: page.next })).items.map(({ name }) => name), ['c', 'd']);
  const names = [];
  for await (const { name } of store.providers.list({ limit: 2 })) names.push(name);
  assert.deepEqual(names, ['a', 'b', 'c', 'd', 'e']);
  assert.equal((await store.providers.list({ limit: 3 }).all()).length, 5);
  await store.close();
});

test('what is refused says why, in the words of its API', async () => {
  const store = await open({ seed: 1 });
  await assert.rejects(store.providers.get('none'), (error) => {
    assert.ok(IdpStoreError.is(error));
    assert.deepEqual([error.code, error.response.vendor, error.response.status], ['ERR_RESPONSE', 'idpstore', 404]);
    return true;
  });
  await assert.rejects(store.providers.list({ limit: 0 }), /limit/);
  await assert.rejects(store.okta.getIdentityProvider('none'), (error) => error.response.vendor === 'okta');
  await store.close();
});

test('calls of a test are not among the requests of the program that it tests, and meet no faults', async () => {
  const store = await open({ seed: 1 });
  await store.faults.use({ status: 500 });
  await store.providers.create({ metadata: samlMetadata(), alias: 'partner' });
  assert.equal(store.requests.length, 0);
  assert.equal((await store.fetch('/_idpstore/v1/providers')).status, 500);
  assert.equal((await store.fetch('/api/v1/idps')).status, 500);
  assert.equal(store.requests.length, 2);
  await store.close();
});
