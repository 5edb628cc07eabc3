// What a test controls: faults, requests and the clock, in this thread; `browser.test.mjs` has them in a worker.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from 'idpstore';
import { handlers } from 'idpstore/msw';
import { listen } from 'idpstore/node';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { log, oidc } from './support/documents.mjs';

const OKTA = 'https://example.okta.com';
const IDPS = '/api/v1/idps';

/** A store that is closed after the test. */
async function opened(t) {
  const store = await open({ baseUrl: OKTA, seed: 1 });
  t.after(() => store.close());
  return store;
}

test('a fault is answered in the words of the vendor, once or until it is removed', async (t) => {
  const store = await opened(t);
  await store.faults.use({ operation: 'listIdentityProviders', status: 429, times: 1 });
  const refused = await store.fetch(IDPS);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('x-rate-limit-remaining'), '0');
  assert.equal((await refused.json()).errorCode, 'E0000047');
  assert.equal((await store.fetch(IDPS)).status, 200);

  const remove = await store.faults.use({ dialect: 'okta', method: 'POST', status: 500, after: 1 });
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  await assert.rejects(store.okta.createIdentityProvider(oidc('Two')), ({ code, response }) => code === 'ERR_RESPONSE' && response.status === 500);
  assert.deepEqual(await store.faults.list(), [{ dialect: 'okta', method: 'POST', status: 500 }]);
  await remove();
  await store.okta.deactivateIdentityProvider(id);
  await store.faults.use({ status: 401 });
  await store.faults.clear();
  assert.equal((await store.fetch(IDPS)).status, 200);
});

test('an answer is another one, late or lost', async (t) => {
  const store = await opened(t);
  await store.faults.use({ body: { not: 'a list' }, times: 1 });
  assert.deepEqual(await (await store.fetch(IDPS)).json(), { not: 'a list' });
  await store.faults.use({ delay: 50, times: 1 });
  const order = [];
  await Promise.all([
    store.fetch(IDPS).then(() => order.push('late')),
    new Promise((resolve) => setTimeout(resolve, 10)).then(() => order.push('meanwhile')),
  ]);
  assert.deepEqual(order, ['meanwhile', 'late']);
  await store.faults.use({ drop: true });
  await assert.rejects(store.fetch(IDPS), { name: 'TypeError', message: 'fetch failed' });
  const { url, close } = await listen(store);
  await assert.rejects(fetch(url + IDPS), { name: 'TypeError', message: 'fetch failed' });
  await close();
  const server = setupServer(...handlers(store, { origin: OKTA }));
  server.listen();
  await assert.rejects(fetch(OKTA + IDPS), { name: 'TypeError' });
  server.close();
});

test('a fault that makes no sense is refused', async (t) => {
  const store = await opened(t);
  for (const [fault, words] of [
    [{ status: 502 }, /any other needs a `body`/],
    [{ status: 500, times: 0 }, /must be at least 1/],
    [{ operation: 'listIdentityProviders' }, /would do nothing/],
    [{ operation: 'listIdentityProvider', status: 500 }, /no operation `listIdentityProvider`: did you mean `listIdentityProviders`\?/],
    [{ stat: 500 }, /unknown field `stat`/],
    [{ status: 'bad' }, /invalid type/],
  ]) {
    await assert.rejects(store.faults.use(fault), ({ code, message }) => code === 'ERR_OPTIONS' && words.test(message));
  }
  assert.deepEqual(await store.faults.list(), []);
});

test('an operation that does not exist is not looked for among the requests', async (t) => {
  const store = await opened(t);
  assert.throws(() => store.requests.filter('listIdps'), { code: 'ERR_OPTIONS' });
  const [name, method] = ['zitadel.idp.v2.IdentityProviderService/GetIDPByID', 'POST'];
  await store.faults.use({ operation: name, status: 503 });
  await store.fetch(`/${name}`, { method, headers: { 'content-type': 'application/json' }, body: '{}' });
  assert.deepEqual(store.requests.filter(name).map(({ fault }) => fault), [true]);
});

test('a call that meets a fault is not made', async (t) => {
  const store = await opened(t);
  await store.faults.use({ status: 500, after: 1, times: 1 });
  await store.okta.createIdentityProvider(oidc('One'));
  await assert.rejects(store.okta.createIdentityProvider(oidc('Two')), { code: 'ERR_RESPONSE' });
  assert.equal((await log(store)).length, 1, 'nothing was changed');
  await store.okta.createIdentityProvider(oidc('Three'));
  assert.deepEqual([...store.requests].map(({ change, status }) => [change, status]), [[1, 200], [undefined, 500], [2, 200]]);
});

test('a test begins anew', async (t) => {
  const store = await opened(t);
  for (let turn = 0; turn < 2; turn += 1) {
    const { id } = await store.okta.createIdentityProvider(oidc('One'));
    await store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 });
    const last = (await log(store)).at(-1).number;
    await store.clock.advance('670d');
    const brought = await log(store, last);
    assert.deepEqual(brought.map(({ kind, days }) => [kind, days]), [['signing_key_expiring', 60]]);
    assert.deepEqual([...store.requests].map(({ number }) => number), [1, 2]);
    await store.reset();
  }
});

test('requests are noted', async (t) => {
  const store = await opened(t);
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  await store.okta.replaceIdentityProvider(id, oidc('Other'));
  await store.fetch(`${IDPS}?limit=5&client_secret=hidden`);
  const orders = await store.fetch('/api/v1/orders');
  assert.equal(orders.headers.get('x-idpstore'), 'not-emulated');
  const [replaced] = store.requests.filter('replaceIdentityProvider');
  assert.deepEqual(replaced, {
    number: 2,
    time: Date.UTC(2026, 0, 1),
    dialect: 'okta',
    operation: 'replaceIdentityProvider',
    method: 'PUT',
    path: `${IDPS}/${id}`,
    status: 200,
    change: 2,
    fault: false,
  });
  assert.equal(store.requests.filter(({ status }) => status === 404).length, 1);
  assert.deepEqual([...store.requests].map(({ number }) => number), [1, 2, 3, 4]);
  assert.equal(
    String(store.requests).split('\n').slice(2).join('\n'),
    `GET ${IDPS}?limit=5&client_secret= 200 listIdentityProviders\nGET /api/v1/orders 404 not served`,
  );
  store.requests.clear();
  assert.equal(store.requests.length, 0);
});

test('the clock is moved, and brings what it brings', async (t) => {
  const store = await opened(t);
  assert.equal(await store.clock.now(), Date.UTC(2026, 0, 1));
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  await store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 });
  const told = [];
  await store.subscribe(({ kind, due, days }) => told.push([kind, new Date(due).toISOString().slice(0, 10), days]));
  await store.clock.advance('670d');
  await store.clock.set('2027-12-02T00:00:00Z');
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(told, [
    ['signing_key_expiring', '2027-11-02', 60],
    ['signing_key_expiring', '2027-12-02', 30],
  ]);
  const { created } = await store.okta.createIdentityProvider(oidc('Two'));
  assert.equal(created, '2027-12-02T00:00:00.000Z');
  await store.reset();
  assert.equal(await store.clock.now(), Date.UTC(2026, 0, 1));
  for (const by of ['30', '1w', -1]) await assert.rejects(store.clock.advance(by), { code: 'ERR_OPTIONS' });
  await assert.rejects(store.clock.set('soon'), { code: 'ERR_OPTIONS' });
});

test('MSW gets what the store does not serve', async (t) => {
  const store = await opened(t);
  const orders = http.get(`${OKTA}/api/v1/orders`, () => HttpResponse.json(['an order']));
  const answered = async (onUnserved) => {
    const server = setupServer(...handlers(store, { origin: OKTA, onUnserved }), orders);
    server.listen({ onUnhandledRequest: 'error' });
    try {
      assert.equal((await fetch(OKTA + IDPS)).status, 200);
      const answer = await fetch(`${OKTA}/api/v1/orders`);
      return answer.ok ? await answer.json() : answer.status;
    } finally {
      server.close();
    }
  };
  assert.deepEqual(await answered('bypass'), ['an order']);
  assert.equal(await answered('error'), 404);
  assert.throws(() => handlers(store, { onUnserved: 'ignore' }), { code: 'ERR_OPTIONS' });
});

test('tokens, limits of requests and of bodies are those of a server, and the calls of the test need none', async () => {
  const store = await open({ seed: 1, token: 'secret', bodyLimit: 100, rateLimit: { requests: 2, seconds: 60 } });
  const statuses = [];
  const send = async (init) => statuses.push((await store.fetch(IDPS, init)).status);
  const headers = { authorization: 'SSWS secret', 'content-type': 'application/json' };
  await send({});
  await send({ method: 'POST', headers, body: JSON.stringify(oidc('One')) });
  await send({ headers });
  assert.deepEqual(statuses, [401, 413, 429]);
  assert.equal((await store.providers.list()).items.length, 0);
  await store.clock.advance('2m');
  assert.deepEqual(await store.okta.listIdentityProviders(), [], 'a client of a vendor has the token');
  assert.equal(store.requests.length, 4);
  await store.close();
  const keeping = await open({ seed: 1, switches: ['okta-lenient-documents'] });
  await keeping.close();
  await assert.rejects(open({ seed: 1, switches: ['okta-lenient-document'] }), /okta-lenient-documents/);
});

test('a program that is tested cannot control its test', async (t) => {
  const store = await opened(t);
  await store.okta.createIdentityProvider(oidc('One'));
  assert.equal((await store.fetch('/_idpstore/harness/reset', { method: 'POST' })).status, 404);
  assert.equal((await store.providers.list()).items.length, 1);
});
