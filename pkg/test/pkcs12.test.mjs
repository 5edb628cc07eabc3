// PKCS #12 files in the package. WebCrypto makes the keys of those that take much work.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { open } from 'idpstore';

const KEYS = '/v1/environments/00000000-0000-7000-8010-69647073746f/keys';
const { subtle } = globalThis.crypto;

/** Imports a file; gives the status and the document. */
async function imported(name, password = 'pw') {
  const store = await open({ seed: 1 });
  const body = new FormData();
  body.set('usageType', 'SIGNING');
  body.set('password', password);
  body.set('file', new Blob([readFileSync(new URL(`../../tests/vectors/pkcs12/${name}`, import.meta.url))]));
  const response = await store.fetch(KEYS, { method: 'POST', body });
  const document = await response.json();
  await store.close();
  return [response.status, document];
}

test('a file in BER becomes a key', async () => {
  const [status, made] = await imported('bouncycastle-ber.p12');
  assert.deepEqual([status, made.subjectDN], [201, 'CN=packed, O=Org, C=GB']);
});

test('WebCrypto makes each key of a file with 600 000 rounds once', async (t) => {
  const derive = t.mock.method(subtle, 'deriveBits');
  const [status, made] = await imported('600k-rounds.p12');
  assert.deepEqual([status, made.subjectDN], [201, 'CN=leaf.example.com, O=Example, C=US']);
  assert.equal(derive.mock.callCount(), 3);
  const [refused, { details }] = await imported('600k-rounds.p12', 'wrong');
  assert.deepEqual([refused, details[0].target], [400, 'password']);
});

test('the module makes the keys where WebCrypto does not', async (t) => {
  const derive = t.mock.method(subtle, 'deriveBits', () => Promise.reject(new Error('none here')));
  const [status, made] = await imported('600k-rounds.p12');
  assert.deepEqual([status, made.subjectDN], [201, 'CN=leaf.example.com, O=Example, C=US']);
  assert.equal(derive.mock.callCount(), 3);
});
