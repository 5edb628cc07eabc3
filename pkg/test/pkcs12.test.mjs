// PKCS #12 files in the package: the one that takes the most work, and one in BER.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { open } from 'idpstore';

const KEYS = '/v1/environments/00000000-0000-7000-8010-69647073746f/keys';

for (const [name, subject] of [
  ['600k-rounds.p12', 'CN=leaf.example.com, O=Example, C=US'],
  ['bouncycastle-ber.p12', 'CN=packed, O=Org, C=GB'],
]) {
  test(`${name} becomes a key`, async () => {
    const store = await open({ seed: 1 });
    const body = new FormData();
    body.set('usageType', 'SIGNING');
    body.set('password', 'pw');
    body.set('file', new Blob([readFileSync(new URL(`../../tests/vectors/pkcs12/${name}`, import.meta.url))]));
    const made = await store.fetch(KEYS, { method: 'POST', body });
    assert.equal(made.status, 201, await made.clone().text());
    assert.equal((await made.json()).subjectDN, subject);
    await store.close();
  });
}
