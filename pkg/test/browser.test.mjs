// The package in Chromium: the shared scenarios, stores that last, pages that are never blocked.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { open } from 'idpstore';
import { samlMetadata } from 'idpstore/factories';
import { listen } from 'idpstore/node';
import { noBrowser, openPage, prepare, startBrowser } from './support/browser.mjs';
import { cases } from './support/cases.mjs';
import { DOORS, log, names, oidc, ZITADEL_SAML } from './support/documents.mjs';
import { noProgram, serve } from './support/native.mjs';
import { isFree } from './support/pauses.mjs';
import { startServer } from './support/server.mjs';

describe('Chromium', { skip: noBrowser }, () => {
  let server;
  let browser;
  let context;
  let page;

  before(async () => {
    server = await startServer();
    browser = await startBrowser();
    context = await browser.newContext();
    page = await openPage(context, server.url);
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  for (const [name, scenario] of cases()) {
    test(`${name}, on the page`, async () => {
      assert.deepEqual(await page.evaluate((scenario) => differences(open, scenario), scenario), []);
    });
  }

  test('a store in a worker has the same face', async () => {
    const told = await page.evaluate(async () => {
      const store = await openInWorker({ seed: 1 });
      const changes = [];
      await store.subscribe(({ kind }) => changes.push(kind));
      const { id } = await store.okta.createIdentityProvider(oidc('One'));
      const snapshot = await store.snapshot();
      const key = await rotated(store, id);
      await store.restore(snapshot);
      const again = await rotated(store, id);
      const refusal = await store.okta.getIdentityProvider('none').catch((error) => [error.code, error.response.status]);
      const other = await openInWorker({ seed: 1 });
      const foreign = await other.restore(snapshot).catch((error) => error.code);
      await other.close();
      await store.reset();
      const left = await names(store);
      await store.close();
      const closed = await store.fetch('/api/v1/idps').catch((error) => error.code);
      return { changes, same: key === again, refusal, foreign, left, closed };
    });
    assert.deepEqual(told, {
      changes: [
        'provider_created',
        'signing_key_generated',
        'signing_key_prepared',
        'provider_replaced',
        'signing_key_promoted',
        'restored',
        'signing_key_generated',
        'signing_key_prepared',
        'provider_replaced',
        'signing_key_promoted',
        'restored',
      ],
      same: true,
      refusal: ['ERR_RESPONSE', 404],
      foreign: 'ERR_SNAPSHOT',
      left: [],
      closed: 'ERR_CLOSED',
    });
  });

  test('a page on another port can use a listener only if it is allowed', async () => {
    const store = await open({ seed: 1 });
    const { id } = await store.okta.createIdentityProvider(oidc('One'));
    const before = (await log(store)).length;
    /** What the page gets by all of its ways; `null` where it may not look. */
    const tried = (url) =>
      page.evaluate(
        async ([url, id, document]) => {
          const type = { 'content-type': 'application/json' };
          const status = async (path, init) => fetch(url + path, init).then((answer) => answer.status || null, () => null);
          return [
            await status('/api/v1/idps'),
            await status('/api/v1/idps', { method: 'POST', headers: type, body: document }),
            // What a form could send, too: no preflight goes before it, and no answer can be read.
            await status('/api/v1/idps', { method: 'POST', mode: 'no-cors', body: document }),
            await status('/v1/environments'),
            await status('/admin/v1/idps/templates/_search', { method: 'POST', headers: type, body: '{}' }),
            await status(`/api/v1/idps/${id}`, { method: 'DELETE' }),
          ];
        },
        [url, id, JSON.stringify(oidc('Two'))],
      );
    const refusing = await listen(store);
    assert.deepEqual(await tried(refusing.url), Array(6).fill(null));
    await refusing.close();
    assert.equal((await log(store)).length, before);
    const allowing = await listen(store, { allowOrigins: [server.url] });
    assert.deepEqual(await tried(allowing.url), [200, 200, null, 200, 200, 204]);
    await allowing.close();
    await store.close();
  });

  test('a change of the signing key in a worker loses no write beside it', async () => {
    const told = await page.evaluate(async () => {
      const store = await openInWorker({ keys: 'fixture' });
      const { id } = await store.okta.createIdentityProvider(oidc('One'));
      const key = await store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 });
      const found = [];
      const use = () => store.rotation.promote({ kid: key.kid, owners: [id] });
      for (const change of [use, () => rotated(store, id)]) {
        await store.okta.activateIdentityProvider(id);
        await Promise.all([change(), store.okta.deactivateIdentityProvider(id)]);
        found.push((await store.okta.getIdentityProvider(id)).status);
      }
      await store.close();
      return found;
    });
    assert.deepEqual(told, ['INACTIVE', 'INACTIVE']);
  });

  test('functions that a worker is given are called on the page', async () => {
    const told = await page.evaluate(async (document) => {
      let time = Date.UTC(2030, 0, 1);
      const asked = [];
      const wasm = await fetch('/dist/wasm/idpstore_bg.wasm');
      const store = await openInWorker({
        wasm,
        baseUrl: new URL('https://example.okta.com'),
        now: () => new Date(time),
        async keys(spec) {
          asked.push(spec);
          const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
          const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign']);
          return crypto.subtle.exportKey('pkcs8', privateKey);
        },
        certificateKey: 'RSA-2048',
        async fetcher(url) {
          asked.push(url);
          return new Response(Uint8Array.from(atob(document.metadataXml), (character) => character.charCodeAt(0)), {
            status: url.endsWith('/gone') ? 404 : 200,
          });
        },
      });
      const ask = async (metadataUrl) => {
        const { metadataXml, ...rest } = document;
        const body = JSON.stringify({ ...rest, metadataUrl });
        const made = await store.fetch('/admin/v1/idps/saml', { method: 'POST', body });
        const { id } = await made.json();
        const found = id && (await (await store.fetch(`/admin/v1/idps/templates/${id}`)).json());
        return [made.status, found?.idp.config.saml.metadataXml];
      };
      const answers = [await ask('https://idp.example/gone'), await ask('https://idp.example/metadata')];
      time += 1000;
      const provider = await store.okta.createIdentityProvider(oidc('One'));
      await store.close();
      const failing = await openInWorker({ keys: () => Promise.reject(new Error('no token')) });
      const { id } = await failing.okta.createIdentityProvider(oidc('One'));
      const refused = await failing.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 }).catch(({ code, message, cause }) => `${code} ${message} (${cause.message})`);
      await failing.close();
      return { answers, asked, created: provider.created, refused };
    }, ZITADEL_SAML);
    assert.deepEqual(told, {
      answers: [
        [400, undefined],
        [200, ZITADEL_SAML.metadataXml],
      ],
      asked: ['https://idp.example/gone', 'https://idp.example/metadata', 'RSA-2048'],
      created: '2030-01-01T00:00:01.000Z',
      refused: 'ERR_KEY no key of the kind `RSA-2048` can be had: Error: no token (no token)',
    });
  });

  test('what goes wrong with a worker has a code', async () => {
    const told = await page.evaluate(async () => {
      const code = (error) => error.code;
      const script = '/dist/worker-main.js';
      const worker = new Worker(script, { type: 'module' });
      const store = await openInWorker({ seed: 1, worker });
      const again = await openInWorker({ seed: 1, worker }).catch(code);
      const usable = (await store.fetch('/api/v1/idps')).status;
      const closed = await Promise.allSettled([store.close(), store.close()]);
      const missing = await openInWorker({ worker: new Worker('/none.js', { type: 'module' }) }).catch(code);
      const options = await Promise.all([null, { now: () => NaN }, { seed: null }, { persist: null }, { persist: {} }, { wroker: 1 }, { worker: {} }, { fetcher: 'x' }, { persist: ':memory:' }].map((one) => openInWorker(one).catch(code)));
      return { again, usable, closed: closed.map(({ status }) => status), missing, options };
    });
    assert.deepEqual(told, {
      again: 'ERR_OPTIONS',
      usable: 200,
      closed: ['fulfilled', 'fulfilled'],
      missing: 'ERR_UNSUPPORTED',
      options: Array(9).fill('ERR_OPTIONS'),
    });
  });

  test('a worker forgets the snapshots that the page no longer holds', async () => {
    const tab = await openPage(context, server.url);
    await tab.evaluate(async () => {
      const worker = new Worker('/dist/worker-main.js', { type: 'module' });
      const post = worker.postMessage.bind(worker);
      globalThis.calls = [];
      worker.postMessage = (message, transfer) => {
        calls.push(message.call);
        post(message, transfer);
      };
      globalThis.store = await openInWorker({ seed: 1, worker });
      globalThis.kept = await store.snapshot();
      await store.snapshot();
    });
    const session = await context.newCDPSession(tab);
    await session.send('HeapProfiler.collectGarbage');
    await tab.waitForFunction(() => calls.includes('forget'), undefined, { timeout: 10_000 });
    const count = await tab.evaluate(async () => {
      await store.restore(kept);
      await store.close();
      return calls.filter((call) => call === 'forget').length;
    });
    assert.equal(count, 1);
    await tab.close();
  });

  test('a page cannot open a lasting store itself, and the error says how', async () => {
    const told = await page.evaluate(() => open({ persist: 'page.redb' }).catch(({ code, message }) => ({ code, message })));
    assert.equal(told.code, 'ERR_UNSUPPORTED');
    assert.match(told.message, /idpstore\/worker/);
  });

  test('a lasting store is still there after the page was loaded anew', async () => {
    const tab = await openPage(context, server.url);
    const kid = await tab.evaluate(async () => {
      const store = await openInWorker({ persist: 'admin/reload.redb' });
      const { id } = await store.okta.createIdentityProvider(oidc('One'));
      return rotated(store, id);
    });
    await tab.reload();
    await prepare(tab);
    const found = await tab.evaluate(async () => {
      const store = await openInWorker({ persist: 'admin/reload.redb' });
      const [provider] = await store.okta.listIdentityProviders();
      return [provider.name, provider.protocol.credentials.signing.kid];
    });
    assert.deepEqual(found, ['One', kid]);
    await tab.close();
  });

  test('nothing that was answered is lost when the tab is killed in the middle of writes', async () => {
    const tab = await openPage(context, server.url);
    const answered = [];
    await tab.exposeFunction('answered', (name) => answered.push(name));
    await tab.evaluate(async () => {
      const store = await openInWorker({ persist: 'killed.redb' });
      void (async () => {
        for (let number = 0; ; number += 1) answered((await store.okta.createIdentityProvider(oidc(`Number ${number}`))).name);
      })();
    });
    while (answered.length < 25) await new Promise((resolve) => setTimeout(resolve, 20));
    const session = await context.newCDPSession(tab);
    const crashed = new Promise((resolve) => tab.once('crash', resolve));
    session.send('Page.crash').catch(() => {});
    await crashed;
    const there = await page.evaluate(async () => {
      const store = await openInWorker({ persist: 'killed.redb' });
      const found = [];
      for await (const { name } of store.providers.list({ limit: 200 })) found.push(name);
      await store.close();
      return found;
    });
    assert.deepEqual(there.slice(0, answered.length), answered);
    await tab.close();
  });

  test('a store in a worker has faults, requests and a clock', async () => {
    const told = await page.evaluate(async () => {
      const store = await openInWorker({ seed: 1 });
      await store.faults.use({ operation: 'listIdentityProviders', status: 500, delay: 20, times: 1 });
      await store.faults.use({ method: 'DELETE', drop: true });
      const statuses = [(await store.fetch('/api/v1/idps')).status, (await store.fetch('/api/v1/idps')).status];
      const lost = await store.fetch('/api/v1/idps/one', { method: 'DELETE' }).catch(({ name, message }) => [name, message]);
      await store.clock.advance('30d');
      const now = new Date(await store.clock.now()).toISOString();
      const refusal = await store.faults.use({ status: 1 }).catch(({ code }) => code);
      const requests = String(store.requests).split('\n');
      await store.close();
      return { statuses, lost, now, refusal, requests };
    });
    assert.deepEqual(told, {
      statuses: [500, 200],
      lost: ['TypeError', 'fetch failed'],
      now: '2026-01-31T00:00:00.000Z',
      refusal: 'ERR_OPTIONS',
      requests: [
        'GET /api/v1/idps 500 listIdentityProviders (fault)',
        'GET /api/v1/idps 200 listIdentityProviders',
        'DELETE /api/v1/idps/one 0 deleteIdentityProvider (fault)',
      ],
    });
  });

  test('a file goes from the native program to Node to the browser and back', { skip: noProgram }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
    const path = join(directory, 'store.redb');
    const headers = { 'content-type': 'application/json' };
    let native = await serve(path);
    const body = JSON.stringify(oidc('Native'));
    assert.equal((await fetch(`${native.url}/api/v1/idps`, { method: 'POST', headers, body })).status, 200);
    await native.stop();
    const node = await open({ persist: path });
    await node.okta.createIdentityProvider(oidc('Node'));
    await node.close();
    const back = await page.evaluate(async (base64) => {
      const root = await navigator.storage.getDirectory();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const writable = await (await root.getFileHandle('travels.redb', { create: true })).createWritable();
      await writable.write(bytes);
      await writable.close();
      const store = await openInWorker({ persist: 'travels.redb' });
      const seen = await names(store);
      await store.okta.createIdentityProvider(oidc('Browser'));
      await store.close();
      const file = await (await root.getFileHandle('travels.redb')).getFile();
      const written = new Uint8Array(await file.arrayBuffer());
      return { seen, base64: btoa(Array.from(written, (byte) => String.fromCharCode(byte)).join('')) };
    }, readFileSync(path).toString('base64'));
    assert.deepEqual(back.seen, ['Native', 'Node']);
    writeFileSync(path, Buffer.from(back.base64, 'base64'));
    const again = await open({ persist: path });
    assert.deepEqual(await names(again), ['Native', 'Node', 'Browser']);
    await again.close();
    native = await serve(path);
    assert.equal((await (await fetch(`${native.url}/api/v1/idps`)).json()).length, 3);
    await native.stop();
    rmSync(directory, { recursive: true });
  });

  test('where the browser gives no more space, nothing that was answered is lost', async () => {
    const tab = await openPage(context, server.url);
    const session = await context.newCDPSession(tab);
    const usage = await tab.evaluate(async () => {
      globalThis.store = await openInWorker({ persist: 'quota.redb' });
      return (await navigator.storage.estimate()).usage;
    });
    const quota = { origin: server.url, quotaSize: usage + 2 ** 19 };
    await session.send('Storage.overrideQuotaForOrigin', quota);
    const told = await tab.evaluate(async () => {
      let answered = 0;
      const fill = async () => {
        for (; answered < 5000; answered += 1) await store.okta.createIdentityProvider(oidc(`Number ${answered}`));
      };
      const refusal = await fill().catch((error) => error);
      const again = await store.okta.createIdentityProvider(oidc('More')).catch((error) => error);
      const [first] = await store.okta.listIdentityProviders({ limit: 1 });
      await store.close();
      return { answered, codes: [refusal?.code, again.code], message: refusal?.message, first: first.name };
    });
    assert.deepEqual(told.codes, ['ERR_STORAGE', 'ERR_STORAGE']);
    assert.match(told.message, /no more space.*open it again/);
    assert.equal(told.first, 'Number 0');
    await session.send('Storage.overrideQuotaForOrigin', { origin: server.url });
    const there = await tab.evaluate(async () => {
      const store = await openInWorker({ persist: 'quota.redb' });
      const found = [];
      for await (const { name } of store.providers.list({ limit: 200 })) found.push(name);
      await store.okta.createIdentityProvider(oidc('More'));
      await store.close();
      return found.length;
    });
    assert.ok(there === told.answered || there === told.answered + 1, `${there} of ${told.answered}`);
    await tab.close();
  });

  test("a service worker answers the page's own fetch", async () => {
    const tab = await openPage(context, server.url);
    const told = await tab.evaluate(async () => {
      await navigator.serviceWorker.register('/test/support/service-worker.mjs', { type: 'module', scope: '/' });
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller) {
        await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
      }
      const headers = { 'content-type': 'application/json' };
      const made = await fetch('/api/v1/idps', { method: 'POST', headers, body: JSON.stringify(oidc('One')) });
      const listed = await (await fetch('/api/v1/idps')).json();
      const elsewhere = await (await fetch('/api/v2/idps')).text();
      const doors = [];
      for (const [method, path] of DOORS) {
        const answer = await fetch(path, { method });
        doors.push([answer.status, (await answer.text()) === 'the server was asked']);
      }
      return { status: made.status, name: listed[0].name, elsewhere, doors };
    });
    const doors = DOORS.map(([, , status]) => [status, false]);
    assert.deepEqual(told, { status: 200, name: 'One', elsewhere: 'the server was asked', doors });
    await tab.close();
  });

  test('the example page keeps what is added', async () => {
    const tab = await context.newPage();
    await tab.goto(`${server.url}/examples/page/`);
    await tab.getByText('There is no provider yet.').waitFor();
    await tab.getByRole('link', { name: 'New provider' }).first().click();
    await tab.getByLabel('Metadata (XML)').fill(samlMetadata());
    await tab.getByRole('button', { name: 'Show the plan' }).click();
    await tab.getByRole('button', { name: 'Create the provider' }).click();
    await tab.getByRole('heading', { name: 'https://saml.example' }).waitFor();
    await tab.goto(`${server.url}/examples/page/`);
    await tab.getByText('1 provider', { exact: true }).waitFor();
    await tab.close();
  });

  test('a page with 10 000 providers in a worker is never blocked for 50 ms', async () => {
    const tab = await openPage(context, server.url);
    const pauses = await tab.evaluate(async () => {
      const watch = watchPauses();
      const store = await openInWorker({ seed: 1 });
      const document = JSON.stringify(oidc('Number '));
      const headers = { 'content-type': 'application/json' };
      for (let number = 0; number < 10_000; number += 1) {
        const body = document.replace('Number ', `Number ${number} `);
        await store.fetch('/api/v1/idps', { method: 'POST', headers, body });
      }
      const { _embedded } = await (await store.fetch('/v1/environments')).json();
      let snapshot;
      let id;
      const calls = {
        snapshot: async () => (snapshot = await store.snapshot()),
        create: async () => ({ id } = await store.okta.createIdentityProvider(oidc('The last'))),
        list: () => store.okta.listIdentityProviders({ limit: 200 }),
        search: () => store.okta.listIdentityProviders({ q: '9999' }),
        rotate: () => rotated(store, id),
        request: () => store.okta.generateCsrForIdentityProvider(id, { subject: { commonName: 'sp.example' } }),
        replace: () => store.okta.replaceIdentityProvider(id, oidc('The very last')),
        delete: () => store.okta.deleteIdentityProvider(id),
        changes: () => log(store),
        // Answers of five megabytes: all providers.
        pingone: () => store.fetch(`/v1/environments/${_embedded.environments[0].id}/identityProviders`),
        zitadel: () => store.fetch('/admin/v1/idps/templates/_search', { method: 'POST', headers, body: '{}' }),
        restore: () => store.restore(snapshot),
      };
      const pauses = {};
      // A call that blocks does so each time; another program on this machine does not.
      for (let turn = 0; turn < 5; turn += 1) {
        for (const [name, call] of Object.entries(calls)) {
          (pauses[name] ??= []).push(await watch.during(call));
        }
      }
      await store.reset();
      await store.close();
      watch.close();
      return pauses;
    });
    for (const [name, turns] of Object.entries(pauses)) assert.ok(turns.some(isFree), `${name}: ${JSON.stringify(turns)}`);
    await tab.close();
  });

  test("keys of RSA are made and used off the page's thread, though the store is on it", async () => {
    const tab = await openPage(context, server.url);
    const pauses = await tab.evaluate(async () => {
      const watch = watchPauses();
      const store = await open();
      const pauses = [];
      for (let turn = 0; turn < 3; turn += 1) {
        // ZITADEL certifies a service provider by a key of 4096 bits.
        const body = JSON.stringify({ ...ZITADEL_SAML, name: `Number ${turn}` });
        let made;
        pauses.push(await watch.during(async () => (made = await store.fetch('/admin/v1/idps/saml', { method: 'POST', body }))));
        if (!made.ok) throw new Error(await made.text());
      }
      await store.close();
      watch.close();
      return pauses;
    });
    assert.ok(pauses.some(isFree), JSON.stringify(pauses));
    await tab.close();
  });
});
