// The console that `idpstore serve` shows at its address, as a person uses it in Chromium.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { connect } from 'idpstore/connect';
import { noBrowser, startBrowser } from './support/browser.mjs';
import { noProgram, serve } from './support/native.mjs';
import { startServer } from './support/server.mjs';
import { kept, watch } from './support/watched.mjs';

const TOKEN = 's3cret';

describe('the console of a server', { skip: noBrowser || noProgram }, () => {
  let browser;
  before(async () => void (browser = await startBrowser()));
  after(() => browser?.close());

  /** A server, its store, and a page that is watched, until the test ends. */
  async function started(test, options) {
    const server = await serve(undefined, options);
    const context = await browser.newContext({ locale: 'en-GB' });
    const noted = await watch(context, server.url);
    const page = await context.newPage();
    const store = connect(server.url, { token: TOKEN });
    test.after(async () => {
      await context.close();
      await store.close();
      await server.stop();
    });
    return { server, store, page, noted };
  }

  const add = (store, name) => store.import({ version: 1, providers: [{ name, alias: name.toLowerCase(), protocol: { type: 'saml', entity_id: `urn:${name}` } }] });
  const form = (page) => page.getByLabel('Token or link');

  test('the link lets in, shows what the server has, and leaves nothing behind', async (t) => {
    const { server, store, page, noted } = await started(t, ['--token', TOKEN]);
    await add(store, 'Before');
    const link = await server.link();
    assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
    await page.goto(link);
    await page.getByText('Before').first().waitFor();
    await add(store, 'Meanwhile');
    await page.getByText('Meanwhile').first().waitFor();
    const { actor } = (await store.history.changes()).items[0];
    assert.equal(actor, 'api');

    assert.deepEqual(await kept(page), { local: {}, session: {}, databases: [], caches: [], url: `${server.url}/`, state: null, cookies: [] });
    await page.goBack();
    assert.equal(page.url(), 'about:blank', 'no entry of the history has the token');
    await page.goForward();

    await page.reload();
    await form(page).waitFor();
    await form(page).fill('wrong');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('does not accept').waitFor();
    // No header can hold this one.
    await form(page).fill('cut off\u2026');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('does not accept').waitFor();
    await form(page).fill(link);
    await page.keyboard.press('Enter');
    await page.getByText('Meanwhile').first().waitFor();
    await page.reload();
    await form(page).fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('Meanwhile').first().waitFor();
    assert.deepEqual(noted, []);
  });

  test('a link is taken where the page is open already, and a screen stays where it is', async (t) => {
    const { server, store, page, noted } = await started(t, ['--token', TOKEN]);
    await add(store, 'Partner');
    await page.goto(`${server.url}/#/log`);
    await form(page).waitFor();
    await form(page).fill(TOKEN);
    await page.keyboard.press('Enter');
    await form(page).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => location.hash), '#/log');
    await page.reload();
    await form(page).waitFor();
    await page.goto(await server.link());
    await page.getByText('Partner').first().waitFor();
    assert.equal(page.url(), `${server.url}/`);
    assert.deepEqual(noted, []);
  });

  test('a server that has started anew requires its new token', async (t) => {
    const { server, page, noted } = await started(t, ['--token', TOKEN]);
    await page.goto(await server.link());
    await page.getByRole('navigation').waitFor();
    await server.stop();
    const next = await serve(undefined, ['--token', 'another'], new URL(server.url).port);
    t.after(() => next.stop());
    await form(page).waitFor();
    await page.getByText('does not accept').waitFor();
    await page.goto(await next.link());
    await page.getByRole('navigation').waitFor();
    // What follows the store reports that it was refused.
    assert.deepEqual(noted.filter((words) => !/^error: GET .*: 401 not authenticated$/.test(words)), []);
  });

  test('where no token is required the page is there at once', async (t) => {
    const { server, store, page, noted } = await started(t, []);
    assert.equal(await server.link(), `${server.url}/`);
    await add(store, 'Partner');
    await page.goto(await server.link());
    await page.getByText('Partner').first().waitFor();
    assert.deepEqual(noted, []);
  });

  test('the requests of a server with a harness are listed, but for those of the console', async (t) => {
    const { server, page, noted } = await started(t, ['--harness']);
    await page.goto(`${server.url}/#/log`);
    await page.getByRole('navigation').waitFor();
    await fetch(`${server.url}/api/v1/idps?limit=5`);
    await page.getByRole('button', { name: 'Requests' }).click();
    await page.getByText('/api/v1/idps?limit=5').waitFor();
    assert.equal(await page.getByText('/_idpstore/v1/').count(), 0);
    assert.deepEqual(noted, []);
  });

  test('no page of another origin can show it in a frame, or load its script', async (t) => {
    const { server, page } = await started(t, []);
    const other = await startServer();
    t.after(() => other.close());
    await page.goto(other.url);
    const outcomes = await page.evaluate(async (url) => {
      const answers = {};
      for (const [name, address] of Object.entries({ iframe: '/', script: '/console.js', img: '/icon.svg' })) {
        const element = Object.assign(document.createElement(name), { src: url + address });
        answers[name] = await new Promise((resolve) => {
          element.onload = element.onerror = ({ type }) => resolve(type);
          document.body.append(element);
        });
      }
      return answers;
    }, server.url);
    assert.deepEqual({ ...outcomes, iframe: '' }, { iframe: '', script: 'error', img: 'error' });
    const shown = page.frames().find((frame) => frame !== page.mainFrame());
    assert.equal(await shown.locator('#console').count(), 0);
    await page.evaluate((url) => void (location.href = url), `${server.url}/`);
    await page.getByText('may not use this server').waitFor();
  });
});
