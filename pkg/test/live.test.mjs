// Queries whose result is given again when it is another.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from 'idpstore';
import { oidcProvider, samlMetadata, samlProvider, together } from 'idpstore/factories';

/** The results that a query gives from now on. */
function results(live) {
  const given = [];
  let wake = () => {};
  const end = live.subscribe((result) => {
    given.push(result);
    wake();
  });
  /** The result with this position, once it is there. */
  const at = async (position) => {
    while (given.length <= position) await new Promise((resolve) => (wake = resolve));
    return given[position];
  };
  return { given, at, end };
}

/** Waits until something is so. */
async function until(isSo) {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const partner = (name, alias) => ({ name, alias, metadata: samlMetadata({ entityId: `https://${alias}.example` }) });

test('a list is given again with what has changed, and nothing else is read', async () => {
  const store = await open({ seed: 1 });
  for (const alias of ['a', 'b', 'c']) await store.providers.create(partner(`Partner ${alias}`, alias));
  const live = store.live((query) => query.providers());
  const { given, at, end } = results(live);
  const first = await at(0);
  assert.deepEqual(first.map(({ alias }) => alias), ['a', 'b', 'c']);
  await store.providers.deactivate('b');
  const second = await at(1);
  assert.deepEqual(second.map(({ state }) => state), ['active', 'inactive', 'active']);
  assert.equal(second[0], first[0], 'what has not changed is the same value');
  assert.equal(live.result, second);
  await store.providers.delete('a');
  await store.providers.create(partner('Partner d', 'd'));
  assert.deepEqual((await at(3)).map(({ alias }) => alias), ['b', 'c', 'd']);
  // A key that nobody uses changes no provider.
  await store.import(samlProvider({ name: 'Other', alias: 'e' }));
  assert.deepEqual((await at(4)).map(({ alias }) => alias), ['b', 'c', 'd', 'e']);
  end();
  await store.providers.delete('e');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(given.length, 5);
  await store.close();
});

test('searches, kinds, limits and single records are followed, too', async () => {
  const store = await open({ seed: 1 });
  const all = {
    named: results(store.live((query) => query.providers({ name: 'north' }))),
    saml: results(store.live((query) => query.providers({ kind: 'saml' }))),
    first: results(store.live((query) => query.providers({ limit: 1 }))),
    one: results(store.live((query) => query.provider('partner'))),
    keys: results(store.live((query) => query.keys())),
    rotation: results(store.live((query) => query.rotation('partner'))),
  };
  const names = (found) => found.map(({ name }) => name);
  assert.deepEqual(await all.named.at(0), []);
  assert.equal(await all.one.at(0), undefined);
  assert.equal(await all.rotation.at(0), undefined);
  await store.import(together(oidcProvider({ name: 'South' }), samlProvider({ name: 'North', alias: 'partner' })));
  assert.deepEqual(names(await all.named.at(1)), ['North']);
  assert.deepEqual(names(await all.saml.at(1)), ['North']);
  assert.equal((await all.first.at(1)).length, 1);
  assert.equal((await all.one.at(1)).name, 'North');
  assert.equal((await all.keys.at(1)).length, 1);
  await store.rotation.prepare({ owners: ['partner'], key: 'EC-P-256' });
  assert.deepEqual((await all.rotation.at(2)).keys.map(({ role }) => role), ['next']);
  const before = all.saml.given.length;
  await store.restore(await store.snapshot());
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(all.saml.given.length, before, 'what is the same is not given again');
  await store.reset();
  assert.deepEqual(await all.saml.at(before), []);
  await store.close();
});

test('a query that fails is reported as every uncaught error is', async (context) => {
  const store = await open({ seed: 1 });
  const reported = new Promise((resolve) => {
    context.mock.method(globalThis, 'queueMicrotask', (task) => {
      try {
        task();
      } catch (error) {
        resolve(error);
      }
    });
  });
  const { given } = results(store.live((query) => query.providers({ limit: -1 })));
  assert.match((await reported).message, /limit/);
  assert.equal(given.length, 0);
  await store.close();
});

test('each listener receives the result once, and those that come later, too', async () => {
  const store = await open({ seed: samlProvider({ alias: 'a' }) });
  const live = store.live((query) => query.providers());
  const told = [];
  const ends = ['one', 'two'].map((name) => live.subscribe((found) => told.push(`${name} ${found.length}`)));
  live.subscribe(() => told.push('ended'))();
  await until(() => told.length >= 2);
  assert.deepEqual(told, ['one 1', 'two 1']);
  for (const end of ends) end();
  const { at } = results(live);
  assert.equal((await at(0)).length, 1, 'subscribed again');
  await store.import(oidcProvider({ alias: 'b' }));
  assert.equal((await at(1)).length, 2);
  assert.equal(told.length, 2);
  await store.close();
});

test('a query that has failed goes on, and one of a closed store is silent', async (context) => {
  const store = await open({ seed: samlProvider({ alias: 'a' }) });
  let fails = 0;
  const reported = [];
  context.mock.method(globalThis, 'queueMicrotask', (task) => {
    try {
      task();
    } catch (error) {
      reported.push(error.message);
    }
  });
  const live = store.live((query) => {
    const inner = query.providers();
    const failing = (call) => async (...given) => {
      if (fails > 0) throw new Error(`failure ${fails--}`);
      return call(...given);
    };
    return { run: failing(inner.run), follow: failing(inner.follow) };
  });
  fails = 1;
  const { at, given } = results(live);
  await until(() => reported.length > 0);
  assert.deepEqual(reported, ['failure 1']);
  await store.providers.deactivate('a');
  assert.deepEqual((await at(0)).map(({ state }) => state), ['inactive']);
  fails = 1;
  await store.providers.activate('a');
  await until(() => reported.length === 2);
  await store.import(oidcProvider({ alias: 'b' }));
  assert.deepEqual((await at(1)).map(({ state }) => state), ['active', 'active']);
  await store.import(oidcProvider({ alias: 'c' }));
  await store.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(reported.length, 2);
  assert.ok(given.length >= 2);
});

test('who is called about a failure gets the result again, even if it is the one before', async () => {
  const store = await open();
  let isBroken = false;
  const run = async () => {
    if (isBroken) throw new Error('broken');
    return ['the same'];
  };
  const live = store.live(() => ({ run, follow: run }));
  const seen = [];
  const end = live.subscribe((result) => seen.push(result), (error) => seen.push(error.message));
  await until(() => seen.length === 1);
  isBroken = true;
  await store.import(oidcProvider({ alias: 'a' }));
  await until(() => seen.length === 2);
  isBroken = false;
  await store.providers.deactivate('a');
  await until(() => seen.length === 3);
  assert.deepEqual(seen, [['the same'], 'broken', ['the same']]);
  end();
  await store.close();
});
