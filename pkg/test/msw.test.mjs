// `idpstore/msw`, with MSW 2 here and, in `runtimes.test.mjs`, with MSW 3.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from 'idpstore';
import { handlers } from 'idpstore/msw';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { DOORS, oidc } from './support/documents.mjs';

/** Answers what no handler of ours does: the option to fail then has another name in MSW 3. */
const others = http.all('*', () => new HttpResponse(null, { status: 418 }));

test('MSW answers a program from the store', async () => {
  const store = await open({ seed: 1 });
  const server = setupServer(...handlers(store, { origin: 'https://example.okta.com' }), others);
  server.listen();
  try {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(oidc('One'));
    const made = await fetch('https://example.okta.com/api/v1/idps', { method: 'POST', headers, body });
    assert.equal(made.status, 200);
    const listed = await fetch('https://example.okta.com/api/v1/idps?limit=5');
    assert.equal((await listed.json())[0].name, 'One');
  } finally {
    server.close();
  }
  await store.close();
});

test("MSW answers the paths of every vendor, and no others", async () => {
  const store = await open({ seed: 1 });
  const outside = setupServer(...handlers(store, { origin: 'https://*.example.com' }), others);
  for (const [method, path, status] of DOORS) {
    const server = setupServer(...handlers(store), others);
    server.listen();
    const answer = await fetch(`https://any.example${path}?x=y`, { method });
    server.close();
    assert.equal(answer.status, status, path);
  }
  outside.listen();
  assert.equal((await fetch('https://one.example.com/v1/environments')).status, 200);
  const elsewhere = ['org/v1/environments', 'com/app/v1/environments', 'com/v1/environments-of-another', 'com/v2/idpsx'];
  for (const end of elsewhere) assert.equal((await fetch(`https://one.example.${end}`)).status, 418, end);
  outside.close();
  await store.close();
});
