// Sealed files and documents that the library and this package have made: `tests/sealed_files.rs` is the other half.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { open } from 'idpstore';
import { oidcProvider } from 'idpstore/factories';
import { openDocument } from 'idpstore/seal';

const vector = (name) => fileURLToPath(new URL(`../../tests/vectors/${name}`, import.meta.url));
const PLANTED = 'planted-5f1d';
const PASSPHRASE = { passphrase: 'correct horse' };
const KEY = { key: new Uint8Array(32).fill(7), name: 'recovery' };

if (process.env.IDPSTORE_REGENERATE) {
  const client = { id: 'client', secret: PLANTED };
  const protocol = { type: 'open_id_connect', issuer: 'https://oidc.example', client };
  for (const sealEverything of [false, true]) {
    const seed = oidcProvider({ name: 'Partner', alias: 'partner', protocol });
    const store = await open({ seed, seal: PASSPHRASE, sealEverything });
    await store.seal.addWrap(KEY);
    const name = `${sealEverything ? 'everything' : 'sealed'}-by-package.redb`;
    writeFileSync(vector(name), await (await store.snapshot()).toBytes());
    writeFileSync(vector('sealed-by-package.txt'), await store.exportSealed(PASSPHRASE));
    await store.close();
  }
}

for (const maker of ['library', 'package']) {
  test(`what the ${maker} has sealed is opened`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
    try {
      for (const what of ['sealed', 'everything']) {
        const path = join(directory, `${what}.redb`);
        copyFileSync(vector(`${what}-by-${maker}.redb`), path);
        await assert.rejects(open({ persist: path, seal: { key: new Uint8Array(32) } }), { code: 'ERR_WRONG_KEY' });
        for (const seal of [PASSPHRASE, KEY]) {
          const store = await open({ persist: path, seal });
          assert.deepEqual(await store.seal.wraps(), ['passphrase', 'recovery']);
          const { ids } = await store.providers.get('partner');
          const { protocol } = await store.okta.getIdentityProvider(ids.okta);
          assert.equal(protocol.credentials.client.client_secret, PLANTED);
          await store.close();
        }
      }
      const document = await openDocument(readFileSync(vector(`sealed-by-${maker}.txt`), 'utf8'), PASSPHRASE);
      assert.equal(document.providers[0].protocol.client.secret, PLANTED);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}
