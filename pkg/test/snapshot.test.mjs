// Snapshots: as bytes for other stores, and given back.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { open } from 'idpstore';
import { names, oidc } from './support/documents.mjs';

test('the bytes of a snapshot are a store file, and begin another store', async (t) => {
  const store = await open({ seed: 1 });
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  const key = await store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 });
  const bytes = await (await store.snapshot()).toBytes();
  await store.close();

  const other = await open({ seed: 2, snapshot: bytes });
  assert.deepEqual(await names(other), ['One']);
  assert.equal((await other.okta.getIdentityProviderSigningKey(id, key.kid)).x5c[0], key.x5c[0]);
  assert.notEqual((await other.okta.createIdentityProvider(oidc('Two'))).id, id);
  await other.restore(bytes);
  assert.deepEqual(await names(other), ['One']);
  await other.close();

  const folder = mkdtempSync(join(tmpdir(), 'idpstore-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const persist = join(folder, 'idps.redb');
  writeFileSync(persist, bytes);
  const lasting = await open({ persist });
  assert.deepEqual(await names(lasting), ['One']);
  await lasting.close();
  await assert.rejects(open({ persist, snapshot: bytes }), { code: 'ERR_OPTIONS' });
});

test('bytes that are no store change nothing', async () => {
  const store = await open({ seed: 1 });
  await store.okta.createIdentityProvider(oidc('One'));
  for (const bytes of [new Uint8Array(), new Uint8Array(8192), new TextEncoder().encode('{"providers": []}')]) {
    await assert.rejects(store.restore(bytes), { code: 'ERR_CORRUPT' });
    await assert.rejects(open({ snapshot: bytes }), { code: 'ERR_CORRUPT' });
  }
  assert.deepEqual(await names(store), ['One']);
  await store.close();
});

test('a snapshot that was disposed of is gone, and the store is not', async () => {
  const store = await open({ seed: 1 });
  const snapshot = await store.snapshot();
  snapshot[Symbol.dispose]();
  snapshot[Symbol.dispose]();
  await assert.rejects(snapshot.toBytes(), { code: 'ERR_SNAPSHOT' });
  await assert.rejects(store.restore(snapshot), { code: 'ERR_SNAPSHOT' });
  await store.okta.createIdentityProvider(oidc('One'));
  await store.close();
});
