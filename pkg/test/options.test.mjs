// Options: unknown names and values that do not fit are refused everywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IdpStoreError, open } from 'idpstore';
import { oidc } from './support/documents.mjs';

const code = (expected) => (error) => error instanceof IdpStoreError && error.code === expected;

test('an unknown option is refused with the nearest name, and one that does not fit with what would', async () => {
  const refusal = async (options) => {
    const error = await open(options).then(() => assert.fail(`opened with ${Object.keys(options)}`), (error) => error);
    assert.ok(code('ERR_OPTIONS')(error), error);
    return error.message;
  };
  for (const [wrong, right] of [['presist', 'persist'], ['Seed', 'seed'], ['fetch', 'fetcher'], ['base_url', 'baseUrl'], ['toString', 'entropy']]) {
    assert.match(await refusal({ [wrong]: 'x' }), new RegExp(`^unknown option \`${wrong}\`: did you mean \`${right}\``));
  }
  assert.match(await refusal({ persist: { path: 'a.redb', exclusiv: true } }), /did you mean `exclusive`/);
  const unfit = [
    { seed: NaN }, { seed: Infinity }, { seed: '' }, { seed: new Uint8Array() }, { seed: {} },
    { fetcher: 'x' }, { now: {} }, { keys: 1 }, { certificateKey: 2048 }, { wasm: 1 }, { entropy: 'real' }, { baseUrl: 1 },
    { persist: 1 }, { persist: [] }, { persist: { path: 'a.redb', exclusive: 'yes' } },
  ];
  for (const options of unfit) {
    const [name] = Object.keys(options);
    assert.match(await refusal(options), new RegExp(`\`(?:${name}|exclusive)\``));
  }
  for (const persist of [':memory:', { path: ':memory:' }]) assert.match(await refusal({ persist }), /leave out `persist`/);
  assert.ok((await refusal({ ['x'.repeat(5000)]: 1 })).length < 500);
  await (await open({ seed: 1, persist: undefined, now: undefined })).close();
});

test('what the calls of a store are given is looked at in the same way', async () => {
  const store = await open({ seed: 1 });
  const { id } = await store.providers.create(oidc('One'));
  const before = (await store.changes()).length;
  const wrong = [
    () => store.subscribe(undefined),
    () => store.changes('a'),
    () => store.changes(0, -1),
    () => store.providers.list({ limt: 1 }),
    () => store.providers.all({ limit: 'x' }).next(),
    () => store.trustedKeys.list({ q: 'x' }),
    () => store.signingKeys.generate(id, { validityYear: 3 }),
    () => store.signingKeys.rotate(id, { validityYears: '3' }),
  ];
  for (const call of wrong) await assert.rejects(async () => call(), code('ERR_OPTIONS'), String(call));
  assert.equal((await store.changes()).length, before);
  await store.close();
});
