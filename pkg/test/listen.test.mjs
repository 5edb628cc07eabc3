// `idpstore/node`: the store on a loopback socket.
import assert from 'node:assert/strict';
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
