// Options: unknown names and values that do not fit are refused everywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IdpStoreError, open } from 'idpstore';
import { handlers } from 'idpstore/msw';
import { log, oidc } from './support/documents.mjs';

const code = (expected) => (error) => IdpStoreError.is(error) && error.code === expected;

test('an unknown option is refused with the nearest name, and one that does not fit with what would', async () => {
  const refusal = async (options) => {
    const error = await open(options).then(() => assert.fail(`opened with ${Object.keys(options)}`), (error) => error);
    assert.ok(code('ERR_OPTIONS')(error), error);
    return error.message;
  };
  for (const [wrong, right] of [['presist', 'persist'], ['Seed', 'seed'], ['fetch', 'fetcher'], ['base_url', 'baseUrl'], ['toString', 'token']]) {
    assert.match(await refusal({ [wrong]: 'x' }), new RegExp(`^unknown option \`${wrong}\`: did you mean \`${right}\``));
  }
  assert.match(await refusal({ persist: { path: 'a.redb', exlusive: true } }), /did you mean `exclusive`/);
  const unfit = [
    { seed: NaN }, { seed: Infinity }, { seed: '' }, { seed: new Uint8Array() }, { seed: [] },
    { fetcher: 'x' }, { now: {} }, { keys: 1 }, { certificateKey: 2048 }, { token: 1 }, { bodyLimit: -1 }, { switches: 'x' }, { rateLimit: { requests: 0, seconds: 1 } }, { snapshot: {} }, { wasm: 1 }, { entropy: 'real' }, { baseUrl: 1 },
    { persist: 1 }, { persist: [] }, { persist: { path: 'a.redb', exclusive: 'yes' } },
  ];
  for (const options of unfit) {
    const [name] = Object.keys(options);
    assert.match(await refusal(options), new RegExp(`\`(?:${name}|exclusive|requests)\``));
  }
  for (const persist of [':memory:', { path: ':memory:' }]) assert.match(await refusal({ persist }), /leave out `persist`/);
  assert.ok((await refusal({ ['x'.repeat(5000)]: 1 })).length < 500);
  await (await open({ seed: 1, persist: undefined, now: undefined })).close();
});

test('what the calls of a store are given is looked at in the same way', async () => {
  const store = await open({ seed: 1 });
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  const before = (await log(store)).length;
  const wrong = [
    () => store.subscribe(undefined),
    () => store.live(undefined),
    () => store.providers.list({ limt: 1 }),
    () => store.providers.activate(id, { tenent: '1' }),
    () => store.okta.listIdentityProviders({ limt: 1 }),
    () => store.okta.listIdentityProviderKeys({ q: 'x' }),
    () => store.okta.generateIdentityProviderSigningKey(id, { validityYear: 3 }),
    () => handlers(store, { origin: 'example.okta.com' }),
    () => handlers(store, { origin: 'https://example.okta.com/' }),
    () => handlers(store, { onUnserved: 'answer' }),
  ];
  for (const call of wrong) await assert.rejects(async () => call(), code('ERR_OPTIONS'), String(call));
  assert.equal((await log(store)).length, before);
  await store.close();
});
