// `idpstore/node`: the store on a loopback socket.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';

import { open } from 'idpstore';
import { listen } from 'idpstore/node';
import { oidc } from './support/documents.mjs';

test('a loopback listener answers as the store does', async () => {
  const store = await open({ seed: 1 });
  const listener = await listen(store);
  const headers = { 'content-type': 'application/json' };
  const made = await fetch(`${listener.url}/api/v1/idps`, { method: 'POST', headers, body: JSON.stringify(oidc('One')) });
  const provider = await made.json();
  assert.equal(made.status, 200);
  assert.ok(provider._links.authorize.href.startsWith(listener.url), provider._links.authorize.href);
  assert.equal((await fetch(`${listener.url}/api/v1/idps/${provider.id}`, { method: 'DELETE' })).status, 204);
  const large = await fetch(`${listener.url}/api/v1/idps`, { method: 'POST', headers, body: 'x'.repeat(2 ** 21) });
  assert.equal(large.status, 413);
  await listener.close();
  await assert.rejects(fetch(listener.url));
  await store.close();
});

test('what a `fetch` would not send is answered, and what fails is told', async () => {
  const store = await open({ seed: 1 });
  const listener = await listen(store);
  const { port } = listener;
  const ask = async (options, body) => {
    const sent = request({ port, path: '/api/v1/idps', ...options }).end(body);
    const [response] = await once(sent, 'response');
    let words = '';
    for await (const part of response) words += part;
    return [response.statusCode, words];
  };
  const headers = { 'content-length': 4 };
  assert.deepEqual(await ask({ headers }, 'more'), [200, '[]']);
  assert.deepEqual(await ask({ path: 'http://example.okta.com/api/v1/idps' }), [200, '[]']);
  const [status, words] = await ask({ headers: { host: 'a b' } });
  assert.deepEqual([status, words.split(':')[0]], [400, 'ERR_REQUEST']);
  await store.close();
  assert.deepEqual(await ask({}), [500, 'ERR_CLOSED: the store is closed']);
  await Promise.all([listener.close(), listener.close()]);
});
