// How the package loads its module and its worker: by their files, from inside of JavaScript, and what it says if neither can be.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { inChromium, noBrowser, prepare } from './support/browser.mjs';

describe('Chromium', { skip: noBrowser }, () => {
  const here = inChromium();

  /** What `open` and `openInWorker` come to on a page with a policy, whose server lacks what fits a pattern. */
  async function opened({ policy = '', lacks, inserted = 'nothing', entry, options = { seed: 1 } }) {
    const context = await here.browser.newContext();
    if (lacks) {
      const html = { status: 200, contentType: 'text/html', body: '<!doctype html><title>The page of an application</title>' };
      await context.route(lacks, (route) => route.fulfill(inserted === 'a page' ? html : { status: 404, body: '' }));
    }
    await context.route('**/page', (route) =>
      route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': policy }, body: '<!doctype html><title>x</title>' }),
    );
    const page = await context.newPage();
    const requests = [];
    context.on('request', (request) => requests.push(new URL(request.url()).pathname));
    await page.goto(`${here.server.url}/page`);
    await prepare(page);
    const outcomes = await page.evaluate(async ({ entry, options }) => {
      const { open, openInWorker } = entry ? await import(entry) : globalThis;
      const told = async (opening) => {
        const store = await opening;
        const { status } = await store.fetch('/api/v1/idps');
        await store.close();
        return status;
      };
      return Promise.all([open, openInWorker].map((call) => told(call({ baseUrl: 'https://example.okta.com', ...options })).catch(({ code, message }) => `${code} ${message}`)));
    }, { entry, options });
    await context.close();
    return { outcomes, requests: requests.filter((path) => /inlined|wasm/.test(path)) };
  }

  test('the files are enough, and nothing else is loaded', async () => {
    const { outcomes, requests } = await opened({});
    assert.deepEqual(outcomes, [200, 200]);
    assert.ok(requests.length > 0 && requests.every((path) => path === '/dist/wasm/idpstore_bg.wasm'), String(requests));
  });

  for (const inserted of ['nothing', 'a page']) {
    for (const lacks of ['**/*.wasm', '**/worker-main.js', /\.wasm$|worker-main\.js$/]) {
      test(`${inserted} in place of ${lacks}: what is inlined serves`, async () => {
        const { outcomes, requests } = await opened({ lacks, inserted });
        assert.deepEqual(outcomes, [200, 200]);
        assert.ok(requests.some((path) => path.startsWith('/dist/inlined/')), String(requests));
      });
    }
  }

  test('`idpstore/inline` loads no file', async () => {
    const { outcomes, requests } = await opened({ entry: '/dist/inline.js' });
    assert.deepEqual(outcomes, [200, 200]);
    assert.ok(requests.every((path) => path.endsWith('.js')), String(requests));
  });

  test('a policy that forbids WebAssembly is named', async () => {
    // A worker from a file has the policy of that file.
    const { outcomes } = await opened({ policy: "script-src 'self'" });
    assert.match(outcomes[0], /^ERR_UNSUPPORTED .*`script-src` needs `'wasm-unsafe-eval'`/);
    assert.equal(outcomes[1], 200);
  });

  test('a policy that forbids the worker is named', async () => {
    const { outcomes } = await opened({ policy: "worker-src 'none'" });
    assert.equal(outcomes[0], 200);
    assert.match(outcomes[1], /^ERR_UNSUPPORTED no worker can be started .*`worker-src`/);
  });

  test('a module that was handed in is not replaced', async () => {
    const { outcomes, requests } = await opened({ options: { seed: 1, wasm: '/dist/index.js' } });
    for (const words of outcomes) assert.match(words, /^ERR_UNSUPPORTED the WebAssembly module cannot be loaded from what was given as `wasm`: CompileError/);
    assert.ok(!requests.some((path) => /idpstore-\d/.test(path)), String(requests));
  });

  test('with neither file nor what is inlined, the error names the entry that has it inside', async () => {
    const { outcomes } = await opened({ lacks: /\.wasm$|inlined/ });
    for (const words of outcomes) assert.match(words, /^ERR_UNSUPPORTED .*"idpstore\/inline"/);
  });
});
