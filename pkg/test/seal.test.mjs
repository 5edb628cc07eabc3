// A sealed store: no secret is where it is kept, and a passphrase or a key opens it.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import fs, { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { open } from 'idpstore';
import { IdpStoreError, openDocument, passkeyKey, sealStore, unsealStore, webCryptoKey } from 'idpstore/seal';
import { names, oidc } from './support/documents.mjs';

const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
let count = 0;
const file = () => join(directory, `${(count += 1)}.redb`);

const PASSPHRASE = { passphrase: 'correct horse' };
const WRONG = { passphrase: 'battery staple' };
const KEY = { key: new Uint8Array(32).fill(7), name: 'recovery' };
const PLANTED = 'planted-5f1d';

/** A key as `keys` gives one, whose octets are known. */
const { privateKey } = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
const PKCS8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
const SCALAR = Buffer.from((await webcrypto.subtle.exportKey('jwk', privateKey)).d, 'base64url');
const keys = () => PKCS8;

/** Puts a client secret and a private key into a store; gives the id of the provider. */
async function plant(store) {
  const document = oidc('Planted');
  document.protocol.credentials.client.client_secret = PLANTED;
  const { id } = await store.okta.createIdentityProvider(document);
  await store.rotation.prepare({ owners: [id], key: 'EC-P-256' });
  return id;
}

const secret = async (store, id) => (await store.okta.getIdentityProvider(id)).protocol.credentials.client.client_secret;

/** What of the planted is in these bytes; in base64 a part of the private key shows, wherever it begins. */
function found(bytes) {
  const text = Buffer.from(bytes).toString('latin1');
  const spelled = [0, 1, 2].map((skip) => SCALAR.subarray(skip, skip + 24).toString('base64'));
  const shown = [PLANTED, SCALAR.toString('latin1'), SCALAR.toString('hex'), ...spelled];
  return shown.filter((one) => text.includes(one) || text.includes(one.replaceAll('+', '-').replaceAll('/', '_'))).length;
}

/** The bytes of what a store would be restored from. */
async function bytesOf(store) {
  return (await store.snapshot()).toBytes();
}

/** A file with what is planted, and its provider. */
async function planted(options = {}) {
  const path = file();
  const store = await open({ persist: path, keys, ...options });
  const id = await plant(store);
  await store.close();
  return { path, id };
}

test('nothing secret is in the file or in snapshots of a sealed store, and all of it in those of another', async () => {
  for (const seal of [undefined, PASSPHRASE, KEY, { key: async () => KEY.key }]) {
    const path = file();
    const store = await open({ persist: path, keys, ...(seal && { seal }) });
    const id = await plant(store);
    const { protocol } = await store.okta.getIdentityProvider(id);
    await store.okta.replaceIdentityProvider(id, { ...oidc('Renamed'), protocol });
    assert.equal(await secret(store, id), PLANTED);
    const kept = [readFileSync(path), await bytesOf(store), Buffer.from(await (await store.file.export()).arrayBuffer())];
    await store.close();
    for (const bytes of [...kept, readFileSync(path)]) assert.equal(found(bytes) > 0, seal === undefined);
  }
});

test('a wrong passphrase or key is refused, and what is stored stays as it was', async () => {
  const { path, id } = await planted({ seal: PASSPHRASE });
  /** All that is in the file, in an order of its own; opening a file writes nothing else. */
  const stored = async () => {
    const store = await open({ persist: path });
    const bytes = await bytesOf(store);
    await store.close();
    return Buffer.from(bytes);
  };
  const before = await stored();
  for (const seal of [WRONG, KEY, { key: () => KEY.key }]) {
    await assert.rejects(open({ persist: path, seal }), { code: 'ERR_WRONG_KEY' });
    assert.ok(before.equals(await stored()));
  }
  const store = await open({ persist: path, seal: PASSPHRASE });
  assert.equal(await secret(store, id), PLANTED);
  await store.close();
});

test('a locked store answers without its secrets, and refuses what needs one', async () => {
  const { path, id } = await planted({ seal: PASSPHRASE });
  const store = await open({ persist: path, keys });
  assert.deepEqual([await store.seal.isSealed(), await store.seal.isLocked()], [true, true]);
  const locked = await store.okta.getIdentityProvider(id);
  assert.equal(locked.name, 'Planted');
  assert.deepEqual(locked.protocol.credentials.client, { client_id: 'id' });
  await assert.rejects(store.okta.createIdentityProvider(oidc('Other')), { code: 'ERR_RESPONSE' });
  for (const call of [() => store.seal.addWrap(KEY), () => store.seal.rotateDataKey(), () => store.exportSealed(KEY)]) {
    await assert.rejects(call(), { code: 'ERR_SEALED' });
  }
  await assert.rejects(store.seal.unlock(WRONG), { code: 'ERR_WRONG_KEY' });
  await store.seal.unlock(PASSPHRASE);
  assert.equal(await secret(store, id), PLANTED);
  await store.okta.createIdentityProvider(oidc('Other'));
  await store.seal.lock();
  assert.equal(await secret(store, id), undefined);
  assert.deepEqual(await names(store), ['Planted', 'Other']);
  await store.close();
});

test('wraps are added and removed, and the data key is changed', async () => {
  const { path, id } = await planted({ seal: PASSPHRASE });
  const store = await open({ persist: path, seal: PASSPHRASE });
  assert.deepEqual(await store.seal.wraps(), ['passphrase']);
  await store.seal.addWrap(KEY);
  await assert.rejects(store.seal.addWrap(KEY), { code: 'ERR_OPTIONS', message: /there is a wrap `recovery` already/ });
  await store.seal.removeWrap('passphrase');
  await assert.rejects(store.seal.removeWrap('recovery'), { code: 'ERR_OPTIONS', message: /last wrap/ });
  assert.deepEqual(await store.seal.wraps(), ['recovery']);
  assert.ok((await store.seal.rotateDataKey()) >= 2);
  await store.close();
  await assert.rejects(open({ persist: path, seal: PASSPHRASE }), { code: 'ERR_WRONG_KEY' });
  const again = await open({ persist: path, seal: KEY });
  assert.equal(await secret(again, id), PLANTED);
  await again.close();
});

test('ids and times with a seed are the same, sealed or not', async () => {
  const shown = async (options) => {
    const store = await open({ seed: 1, ...options });
    await plant(store);
    const document = await store.export();
    const answers = await Promise.all((await store.okta.listIdentityProviders()).map(({ id }) => store.okta.getIdentityProvider(id)));
    await store.close();
    return { document, answers };
  };
  const plain = await shown({});
  assert.deepEqual(await shown({ seal: PASSPHRASE }), plain);
  assert.deepEqual(await shown({ seal: KEY }), plain);
});

test('snapshots of a sealed store bring its seal, and others get that of the store', async () => {
  const store = await open({ seed: 1, seal: KEY });
  const id = await plant(store);
  const [snapshot, bytes] = [await store.snapshot(), await bytesOf(store)];
  await store.seal.rotateDataKey();
  await store.restore(snapshot);
  assert.equal(await secret(store, id), PLANTED);
  await store.restore(bytes);
  assert.equal(await secret(store, id), PLANTED);
  await store.reset();
  assert.deepEqual([await store.seal.isLocked(), await names(store)], [false, []]);
  for (const begin of [snapshot, bytes]) {
    const locked = await open({ snapshot: begin });
    assert.equal(await secret(locked, id), undefined);
    await locked.close();
    await assert.rejects(open({ snapshot: begin, seal: PASSPHRASE }), { code: 'ERR_WRONG_KEY' });
    const other = await open({ snapshot: begin, seal: KEY });
    assert.equal(await secret(other, id), PLANTED);
    await other.reset();
    assert.equal(await secret(other, id), PLANTED);
    await other.close();
  }
  const plain = await open({ seed: 1 });
  await plant(plain);
  const sealed = await open({ snapshot: await bytesOf(plain), seal: PASSPHRASE });
  assert.deepEqual([await sealed.seal.isSealed(), await secret(sealed, id), found(await bytesOf(sealed))], [true, PLANTED, 0]);
  await assert.rejects(sealed.restore(bytes), { code: 'ERR_WRONG_KEY' });
  assert.equal(await secret(sealed, id), PLANTED);
  for (const one of [store, plain, sealed]) await one.close();
});

test('a sealed document has all secrets, and only its wrap opens it', async () => {
  const store = await open({ seed: 1 });
  const id = await plant(store);
  const text = await store.exportSealed(PASSPHRASE);
  assert.equal(found(text), 0);
  assert.ok(!text.includes('Planted'), 'nothing at all is in the clear');
  await assert.rejects(openDocument(text, WRONG), { code: 'ERR_WRONG_KEY' });
  await assert.rejects(openDocument(text.slice(0, -20), PASSPHRASE), { code: 'ERR_CORRUPT' });
  await assert.rejects(openDocument('{}', PASSPHRASE), { code: 'ERR_CORRUPT' });
  const other = await open({ seed: await openDocument(text, PASSPHRASE) });
  assert.equal(await secret(other, id), PLANTED);
  assert.deepEqual(await other.export(), await store.export());
  await store.close();
  await other.close();
});

test('a file that is there is sealed and unsealed', async () => {
  const { path, id } = await planted();
  chmodSync(path, 0o640);
  const link = file();
  symlinkSync(path, link);
  await assert.rejects(open({ persist: path, seal: PASSPHRASE }), { code: 'ERR_OPTIONS', message: /`sealStore` of `idpstore\/seal`/ });
  assert.ok(found(readFileSync(path)) > 0);
  writeFileSync(`${path}.new`, 'of an earlier attempt');
  await sealStore(link, PASSPHRASE);
  assert.equal(found(readFileSync(path)), 0);
  assert.deepEqual([(statSync(path).mode & 0o777).toString(8), fs.lstatSync(link).isSymbolicLink(), existsSync(`${path}.new`)], ['640', true, false]);
  await assert.rejects(sealStore(path, PASSPHRASE), { code: 'ERR_OPTIONS', message: /sealed already/ });
  await assert.rejects(unsealStore(path, WRONG), { code: 'ERR_WRONG_KEY' });
  const store = await open({ persist: path, seal: PASSPHRASE });
  assert.equal(await secret(store, id), PLANTED);
  await assert.rejects(unsealStore(path, PASSPHRASE), { code: 'ERR_LOCKED' });
  await store.close();
  await unsealStore({ path }, PASSPHRASE);
  await assert.rejects(unsealStore(path, PASSPHRASE), { code: 'ERR_OPTIONS', message: /not sealed/ });
  const plain = await open({ persist: path });
  assert.deepEqual([await plain.seal.isSealed(), await secret(plain, id)], [false, PLANTED]);
  await plain.close();
});

test('what is no file is not made', async () => {
  const path = file();
  await assert.rejects(sealStore(path, PASSPHRASE), { code: 'ERR_STORAGE' });
  assert.ok(!existsSync(path));
});

const CALLS = ['closeSync', 'realpathSync', 'rmSync', 'openSync', 'statSync', 'fchmodSync', 'writeSync', 'fsyncSync', 'renameSync', 'ftruncateSync', 'fdatasyncSync'];
const WORKING = Object.fromEntries(CALLS.map((name) => [name, fs[name]]));

/** Fails every call to the disk after so many, as if the process had ended then; returns a function that counts the calls. */
function breakAfter(allowed) {
  let done = 0;
  for (const name of CALLS) {
    fs[name] = (...given) => {
      done += 1;
      if (done <= allowed || name === 'closeSync') return WORKING[name](...given);
      throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    };
  }
  return () => done;
}

test('wherever sealing breaks off, the file is the old store or the new one', async () => {
  const original = await planted();
  const bytes = readFileSync(original.path);
  const attempt = async (allowed) => {
    const path = file();
    writeFileSync(path, bytes);
    const calls = breakAfter(allowed);
    const outcome = await sealStore(path, KEY).then(() => 'done', ({ code }) => code);
    Object.assign(fs, WORKING);
    return { path, outcome, calls: calls() };
  };
  const { calls: most, outcome } = await attempt(Infinity);
  assert.equal(outcome, 'done');
  const outcomes = [];
  for (let allowed = 0; allowed < most; allowed += 1) {
    const { path, outcome } = await attempt(allowed);
    const now = readFileSync(path);
    const isSealed = !now.equals(bytes);
    outcomes.push(`${outcome} ${isSealed}`);
    assert.equal(found(now) === 0, isSealed, `after ${allowed} calls`);
    const store = await open({ persist: path, ...(isSealed && { seal: KEY }) });
    assert.equal(await secret(store, original.id), PLANTED);
    await store.close();
  }
  for (const expected of ['ERR_STORAGE false', 'ERR_STORAGE true']) assert.ok(outcomes.includes(expected), outcomes.join('\n'));
});

test('a wrap that is none is refused with what it should be', async () => {
  const refused = (message) => ({ code: 'ERR_OPTIONS', message });
  await assert.rejects(open({ seal: {} }), refused(/`passphrase` or a `key`/));
  await assert.rejects(open({ seal: 'correct horse' }), refused(/`seal` must be/));
  await assert.rejects(open({ seal: { passphrase: '' } }), refused(/`passphrase` must be/));
  await assert.rejects(open({ seal: { key: new Uint8Array(31) } }), refused(/`key` must be 32 bytes/));
  await assert.rejects(open({ seal: { ...KEY, passphrase: 'x' } }), refused(/unknown option `key`/));
  await assert.rejects(open({ seal: { ...KEY, name: 'a\nb' } }), refused(/`name` must be/));
  await assert.rejects(open({ seal: { key: () => new Uint8Array(31) } }), { code: 'ERR_KEY', message: /no 32 bytes/ });
  const locked = new Error('the keychain is locked');
  await assert.rejects(open({ seal: { key: () => Promise.reject(locked) } }), { code: 'ERR_KEY', cause: locked, message: /the keychain is locked/ });
});

test('what only a browser has is refused elsewhere', async () => {
  for (const key of [() => webCryptoKey('admin'), () => passkeyKey()]) {
    await assert.rejects(open({ seal: { key } }), (error) => IdpStoreError.is(error) && error.code === 'ERR_UNSUPPORTED');
  }
});
