// A component that shows what a store holds, in Chromium.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { build } from 'esbuild';
import { noBrowser, openPage, startBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';

const COMPONENT = `
  import { createElement, StrictMode, useState } from 'react';
  import { createRoot } from 'react-dom/client';
  import { useLive } from 'idpstore/react';

  let renders = 0;
  function List({ store }) {
    const [name, setName] = useState();
    globalThis.setName = setName;
    const providers = useLive(store, (query) => query.providers(name ? { name } : {}), [name]);
    renders += 1;
    return createElement('ul', { 'data-renders': renders }, providers?.map(({ id, name, state }) => createElement('li', { key: id }, name + ' ' + state)));
  }
  globalThis.show = (store) => {
    const root = createRoot(document.body.appendChild(document.createElement('div')));
    root.render(createElement(StrictMode, null, createElement(List, { store })));
    return root;
  };`;

describe('React', { skip: noBrowser }, () => {
  let server;
  let browser;
  let page;
  before(async () => {
    const bundled = await build({
      stdin: { contents: COMPONENT, resolveDir: import.meta.dirname },
      bundle: true,
      format: 'esm',
      write: false,
      logLevel: 'error',
      define: { 'process.env.NODE_ENV': '"development"' },
    });
    server = await startServer();
    browser = await startBrowser();
    page = await openPage(await browser.newContext(), server.url);
    await page.addScriptTag({ content: bundled.outputFiles[0].text, type: 'module' });
    await page.waitForFunction(() => globalThis.show);
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  const shows = (...wanted) =>
    page.waitForFunction((wanted) => JSON.stringify([...document.querySelectorAll('li')].map((item) => item.textContent)) === wanted, JSON.stringify(wanted));

  test('a component shows a query, and what others change', async () => {
    await page.evaluate(async () => {
      globalThis.store = await openInWorker({ keys: 'fixture' });
      globalThis.first = await store.okta.createIdentityProvider(oidc('One'));
      globalThis.root = show(store);
    });
    await shows('One active');
    await page.evaluate(() => store.okta.createIdentityProvider(oidc('Two')));
    await shows('One active', 'Two active');
    await page.evaluate(() => store.okta.deactivateIdentityProvider(first.id));
    await shows('One inactive', 'Two active');
    await page.evaluate(() => setName('two'));
    await shows('Two active');
    const renders = () => page.evaluate(() => Number(document.querySelector('ul').dataset.renders));
    const before = await renders();
    await page.evaluate(() => store.okta.activateIdentityProvider(first.id));
    await page.waitForTimeout(50);
    assert.equal(await renders(), before, 'what is not shown draws nothing');
    await page.evaluate(() => root.unmount());
    await page.evaluate(() => store.okta.createIdentityProvider(oidc('Two more')));
    await page.evaluate(() => store.close());
  });
});
