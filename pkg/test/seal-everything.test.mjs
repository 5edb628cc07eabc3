// Stores in which everything is sealed: no name and no entity id is where they are kept, and locked they are not read at all.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { open } from 'idpstore';
import { samlProvider } from 'idpstore/factories';
import { sealStore, unsealStore } from 'idpstore/seal';
import { names, oidc } from './support/documents.mjs';

const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
let count = 0;
const file = () => join(directory, `${(count += 1)}.redb`);

const PASSPHRASE = { passphrase: 'correct horse' };
const KEY = { key: new Uint8Array(32).fill(7), name: 'recovery' };
const PLANTED = ['planted-5f1d', 'Planted name', 'planted-alias', 'https://planted.example/entity', 'planted@example.com'];

/** Puts what is planted into a store, and changes and deletes some of it; gives the id at Okta of the provider with a secret. */
async function plant(store) {
  const [secret, name, alias, entityId, login] = PLANTED;
  const document = oidc('Other');
  document.protocol.credentials.client.client_secret = secret;
  const { id } = await store.okta.createIdentityProvider(document);
  document.name = name;
  await store.okta.replaceIdentityProvider(id, document);
  const protocol = { type: 'saml', entity_id: entityId, single_sign_on: { location: entityId, binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' } };
  await store.import(samlProvider({ name: 'Partner', alias, protocol }));
  const profile = { login, email: login, firstName: 'A', lastName: 'B' };
  const made = await store.fetch('/api/v1/users', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ profile }) });
  assert.equal(made.status, 200);
  return id;
}

const shown = async (store, id) => (await store.okta.getIdentityProvider(id)).protocol.credentials.client.client_secret;

/** How many of the planted texts are in these bytes. */
const found = (bytes) => PLANTED.filter((text) => Buffer.from(bytes).toString('latin1').toLowerCase().includes(text.toLowerCase())).length;

const bytesOf = async (store) => (await store.snapshot()).toBytes();

test('nothing that is planted is in the file or in snapshots, and all of it in those of another', async () => {
  for (const options of [{}, { seal: PASSPHRASE, sealEverything: true }, { seal: KEY, sealEverything: true }]) {
    const path = file();
    const store = await open({ persist: path, ...options });
    const id = await plant(store);
    assert.equal(await shown(store, id), PLANTED[0]);
    const kept = [readFileSync(path), await bytesOf(store), Buffer.from(await (await store.file.export()).arrayBuffer())];
    await store.close();
    for (const bytes of [...kept, readFileSync(path)]) assert.equal(found(bytes), options.seal ? 0 : PLANTED.length);
    const again = await open({ persist: path, ...options });
    assert.deepEqual([await shown(again, id), await names(again)], [PLANTED[0], ['Planted name', 'Partner']]);
    assert.equal((await (await again.fetch(`/api/v1/users/${PLANTED[4]}`)).json()).profile.login, PLANTED[4]);
    await again.close();
  }
});

test('a locked store is not read at all, and is as before once it is unlocked', async () => {
  const path = file();
  const store = await open({ persist: path, seal: PASSPHRASE, sealEverything: true });
  const id = await plant(store);
  await store.close();
  const locked = await open({ persist: path });
  assert.deepEqual([await locked.seal.isSealed(), await locked.seal.isLocked(), await locked.seal.wraps()], [true, true, ['passphrase']]);
  for (const call of [() => names(locked), () => locked.okta.createIdentityProvider(oidc('New')), () => locked.export(), () => locked.providers.list()]) {
    await assert.rejects(call(), { code: 'ERR_RESPONSE', message: /: 503 / });
  }
  for (const call of [() => locked.exportSealed(KEY), () => locked.subscribe(() => {}), () => locked.reset(), () => locked.seal.addWrap(KEY)]) {
    await assert.rejects(call(), { code: 'ERR_SEALED' });
  }
  assert.equal(found(await bytesOf(locked)), 0);
  await locked.seal.unlock(PASSPHRASE);
  assert.equal(await shown(locked, id), PLANTED[0]);
  await locked.seal.addWrap(KEY);
  assert.ok((await locked.seal.rotateDataKey()) >= 3);
  await locked.seal.lock();
  await assert.rejects(names(locked), { code: 'ERR_RESPONSE', message: /: 503 / });
  await locked.seal.unlock(KEY);
  assert.deepEqual(await names(locked), ['Planted name', 'Partner']);
  await locked.close();
});

test('listeners go on once a store that was locked is unlocked', async () => {
  const store = await open({ seed: 1, seal: KEY, sealEverything: true });
  const seen = [];
  const end = await store.subscribe(({ kind }) => seen.push(kind));
  await store.okta.createIdentityProvider(oidc('First'));
  await store.seal.lock();
  await assert.rejects(names(store), { code: 'ERR_RESPONSE' });
  await assert.rejects(store.subscribe(() => {}), { code: 'ERR_SEALED' });
  await store.seal.unlock(KEY);
  await store.okta.createIdentityProvider(oidc('Last'));
  while (seen.length < 2) await new Promise(setImmediate);
  assert.deepEqual(seen, ['provider_created', 'provider_created']);
  end();
  await store.close();
});

test('snapshots bring their seal, and others are sealed as the store is', async () => {
  const plain = await open({ seed: 1 });
  const id = await plant(plain);
  const store = await open({ snapshot: await bytesOf(plain), seal: KEY, sealEverything: true });
  assert.equal(found(await bytesOf(store)), 0);
  const [snapshot, bytes] = [await store.snapshot(), await bytesOf(store)];
  await store.seal.rotateDataKey();
  for (const before of [snapshot, bytes]) {
    await store.okta.createIdentityProvider(oidc('Newer'));
    await store.restore(before);
    assert.deepEqual([await shown(store, id), (await names(store)).length], [PLANTED[0], 2]);
    const locked = await open({ snapshot: before });
    assert.equal(await locked.seal.isLocked(), true);
    await assert.rejects(names(locked), { code: 'ERR_RESPONSE', message: /: 503 / });
    await locked.seal.unlock(KEY);
    assert.equal(await shown(locked, id), PLANTED[0]);
    await locked.close();
    await assert.rejects(open({ snapshot: before, seal: PASSPHRASE }), { code: 'ERR_WRONG_KEY' });
    for (const options of [{}, { sealEverything: true }]) {
      const other = await open({ snapshot: before, seal: KEY, ...options });
      assert.deepEqual([await shown(other, id), found(await bytesOf(other))], [PLANTED[0], 0]);
      await other.close();
    }
  }
  await assert.rejects(plain.restore(bytes), { code: 'ERR_SEALED' });
  await store.reset();
  assert.deepEqual([await store.seal.isLocked(), await names(store)], [false, ['Planted name', 'Partner']]);
  for (const one of [store, plain]) await one.close();
});

test('a file that is there is sealed as a whole, and unsealed', async () => {
  const path = file();
  const plain = await open({ persist: path });
  const id = await plant(plain);
  const before = await plain.export();
  await plain.close();
  await sealStore(path, PASSPHRASE, { everything: true });
  assert.equal(found(readFileSync(path)), 0);
  const sealed = await open({ persist: path, seal: PASSPHRASE });
  assert.deepEqual([await sealed.export(), await shown(sealed, id)], [before, PLANTED[0]]);
  await sealed.close();
  await unsealStore(path, PASSPHRASE);
  const again = await open({ persist: path });
  assert.deepEqual([await again.export(), await again.seal.isSealed()], [before, false]);
  await again.close();
});

test('what is not sealed as a whole is not taken for it', async () => {
  const refused = (message) => ({ code: 'ERR_OPTIONS', message });
  const path = file();
  await (await open({ persist: path, seal: KEY })).close();
  await assert.rejects(open({ persist: path, seal: KEY, sealEverything: true }), refused(/not everything in it/));
  const store = await open({ seal: KEY });
  await assert.rejects(open({ snapshot: await bytesOf(store), seal: KEY, sealEverything: true }), refused(/not everything in it/));
  await store.close();
  await assert.rejects(open({ sealEverything: true }), refused(/`sealEverything` needs `seal`/));
  await assert.rejects(open({ seal: KEY, sealEverything: 'yes' }), refused(/`sealEverything` must be/));
  await assert.rejects(sealStore(path, KEY, { sealEverything: true }), refused(/unknown option `sealEverything`/));
});
