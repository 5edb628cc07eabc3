// `idpstore/node`: the store on a loopback socket.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';

import { open } from 'idpstore';
import { listen, requestListener } from 'idpstore/node';
import { oidc } from './support/documents.mjs';
import { guardTable } from './support/guard.mjs';

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

test('what a `fetch` would not send is answered, and what fails is reported', async () => {
  const store = await open({ seed: 1 });
  const listener = await listen(store, { allowHosts: ['example.okta.com'] });
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
  await store.close();
  assert.deepEqual(await ask({}), [500, 'ERR_CLOSED: the store is closed']);
  await Promise.all([listener.close(), listener.close()]);
});

const { cases, refusedOptions } = guardTable();

/** Listens while `use` runs, with a store of its own. */
async function listening(options, use) {
  const store = await open({ seed: 1 });
  const listener = await listen(store, options);
  try {
    return await use(listener.port);
  } finally {
    await listener.close();
    await store.close();
  }
}

test('hosts and web pages are refused and answered as the shared table says', async () => {
  for (const { name, allow_hosts: allowHosts, allow_origins: allowOrigins, request, response } of cases) {
    // Bun takes no request of this form, and answers 400 itself.
    if (globalThis.Bun && request.target === '*') continue;
    await listening({ allowHosts, allowOrigins }, async (port) => {
      const answer = await ask(port, request);
      assert.equal(answer.status, response.status, `${name}: ${answer.body}`);
      for (const [header, value] of Object.entries(response.headers ?? {})) {
        assert.equal(answer.headers[header] ?? null, value?.replaceAll('{port}', port) ?? null, `${name}: ${header}`);
      }
      const option = { host: 'allowHosts', origin: 'allowOrigins' }[response.option];
      if (option) assert.ok(answer.body.includes(option), `${name}: ${answer.body}`);
    });
  }
});

test('hosts and origins that cannot be read are refused as options', async () => {
  const store = await open({ seed: 1 });
  for (const [option, values] of [['allowHosts', refusedOptions.allow_hosts], ['allowOrigins', refusedOptions.allow_origins]]) {
    for (const value of values) {
      await assert.rejects(listen(store, { [option]: [value] }), { code: 'ERR_OPTIONS' }, `${option} ${value}`);
      assert.throws(() => requestListener(store, { [option]: [value] }), { code: 'ERR_OPTIONS' });
    }
  }
  for (const options of [{ prot: 1 }, { port: 'x' }, { port: 65536 }, { allowHosts: 'a' }, { allowOrigins: 'https://a' }, null]) {
    await assert.rejects(listen(store, options), { code: 'ERR_OPTIONS' }, JSON.stringify(options));
  }
  await assert.rejects(listen(store, { allowHost: [] }), /did you mean `allowHosts`/);
  await assert.rejects(listen(undefined), { code: 'ERR_OPTIONS' });
  await store.close();
});

test('an allowed page can read the headers of an answer; every page can with `any`', async () => {
  const calls = [['GET', '/api/v1/idps?limit=1'], ['GET', '/v1/environments'], ['POST', '/admin/v1/idps/templates/_search']];
  for (const allowOrigins of [['https://app.example'], 'any', ['any']]) {
    await listening({ allowOrigins }, async (port) => {
      for (const [method, target] of calls) {
        const type = [['content-type', 'application/json'], ['content-length', '2']];
        const headers = [['host', `127.0.0.1:${port}`], ['origin', 'https://app.example'], ...type];
        const answer = await ask(port, { method, target, headers }, '{}');
        assert.equal(answer.status, 200, target);
        const exposed = answer.headers['access-control-expose-headers'].split(', ');
        assert.ok(exposed.includes('content-type'), `${target}: ${exposed}`);
        assert.equal(answer.headers['access-control-allow-origin'], 'https://app.example');
      }
    });
  }
});

test('a listener in a server of its own knows the address on which it is reached', async () => {
  const store = await open({ seed: 1 });
  const express = requestListener(store);
  const server = createServer((request, response) => express(request, response, () => assert.fail('it answers all')));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const status = async (...headers) => (await ask(port, { method: 'GET', target: '/api/v1/idps', headers })).status;
  const own = ['host', `127.0.0.1:${port}`];
  const found = [
    await status(own),
    await status(['host', `localhost:${port}`]),
    await status(['host', 'evil.example']),
    await status(own, ['origin', 'https://evil.example']),
  ];
  server.close();
  await store.close();
  assert.deepEqual(found, [200, 200, 403, 403]);
});

// Bun and Deno do not end such requests yet.
const isNode = !globalThis.Bun && !globalThis.Deno;
test('requests that are only half sent are given up', { skip: !isNode && 'only Node has limits of time' }, () =>
  listening({}, async (port) => {
    const start = `POST /api/v1/idps HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n`;
    const ends = [start, `${start}content-length: 100\r\n\r\n{`].map(async (half) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(half));
      let words = '';
      for await (const part of socket) words += part;
      return words.split('\r\n')[0];
    });
    // Without limits Node waits for a minute and for five.
    const patience = new Promise((resolve) => setTimeout(resolve, 45_000, 'still open').unref());
    for (const end of ends) assert.match(await Promise.race([end, patience]), /^HTTP\/1.1 408 /);
  }));

/** Sends a request as it is, with these headers and no others, and reads the answer to its end. */
async function ask(port, { method, target, headers }, body = '') {
  const here = (text) => text.replaceAll('{port}', port);
  const lines = [...headers, ['connection', 'close']].map(([name, value]) => `${name}: ${here(value)}\r\n`).join('');
  const socket = connect(port, '127.0.0.1', () => socket.write(`${method} ${here(target)} HTTP/1.1\r\n${lines}\r\n${body}`));
  let words = '';
  for await (const part of socket) words += part;
  const end = words.indexOf('\r\n\r\n');
  const [first, ...told] = words.slice(0, end).split('\r\n');
  const read = told.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(read), body: words.slice(end + 4) };
}

test('a listener takes bodies of the size that its store takes', async () => {
  const padded = JSON.stringify({ ...oidc('Large'), protocol: oidc('Large').protocol }) + ' '.repeat(2 ** 21);
  for (const [bodyLimit, status] of [[undefined, 413], [2 ** 22, 200]]) {
    const store = await open({ seed: 1, ...(bodyLimit ? { bodyLimit } : {}) });
    const server = await listen(store);
    const answer = await fetch(`${server.url}/api/v1/idps`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: padded });
    assert.equal(answer.status, status);
    await server.close();
    await store.close();
  }
});
