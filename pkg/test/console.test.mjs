// The console as a person uses it, in Chromium, with a store of the page and with one of a server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';

import { open } from 'idpstore';
import { samlMetadata } from 'idpstore/factories';
import { listen } from 'idpstore/node';
import { inChromium, noBrowser } from './support/browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The rows of the list. */
const rows = (page) => page.getByRole('listbox').getByRole('option');
const SCREENS = ['providers', 'new', 'certificates', 'log', 'moving', 'file'];

describe('the console', { skip: noBrowser }, () => {
  const here = inChromium();

  /** A page with the console of a store that it opens itself, or of a server. */
  async function shown({ context, url, path = 'console.redb', fill, language = 'en' } = {}) {
    const page = await (context ?? (await here.browser.newContext())).newPage();
    page.errors = [];
    page.on('pageerror', (error) => page.errors.push(error.message));
    await page.goto(`${here.server.url}/test/support/console.html`);
    await page.evaluate(
      async ([url, persist, document, language]) => {
        const [{ mount }, { openInWorker }, { connect }] = await Promise.all(['console', 'worker', 'connect'].map((name) => import(`/dist/${name}.js`)));
        globalThis.store = url ? connect(url, { every: 50 }) : await openInWorker({ persist });
        if (document) await store.import(document);
        globalThis.unmount = mount(window.document.querySelector('#console'), store, { language });
      },
      [url, path, fill, language],
    );
    return page;
  }

  const providers = (count) => ({
    version: 1,
    providers: Array.from({ length: count }, (_, at) => ({
      name: `Partner ${String(at).padStart(5, '0')}`,
      alias: `partner-${at}`,
      protocol: { type: 'open_id_connect', issuer: `https://partner-${at}.example` },
    })),
  });

  for (const where of ['in the page', 'of a server']) {
    test(`a store ${where}: from metadata to a finished rotation`, async () => {
      const behind = where === 'of a server' ? await open({ keys: 'fixture' }) : undefined;
      const listener = behind && (await listen(behind, { allowOrigins: [here.server.url] }));
      const page = await shown({ url: listener?.url });
      await page.getByText('There is no provider yet.').waitFor();

      await page.getByRole('link', { name: 'New provider' }).click();
      await page.getByLabel('Metadata (XML)').fill(samlMetadata());
      await page.getByLabel('Alias').fill('partner');
      assert.equal(await page.getByRole('button', { name: 'Create the provider' }).isDisabled(), true, 'the plan comes first');
      await page.getByRole('button', { name: 'Show what would be created' }).click();
      await page.getByText('created').first().waitFor();
      await page.getByText('2100').waitFor();
      assert.equal(await page.evaluate(async () => (await store.providers.list()).items.length), 0);
      await page.getByRole('button', { name: 'Create the provider' }).click();
      await page.getByRole('heading', { name: 'https://saml.example' }).waitFor();
      await page.getByText('"type": "SAML2"').waitFor();
      await page.getByRole('button', { name: 'ZITADEL' }).click();
      await page.getByText('"metadataXml"').waitFor();

      await page.getByRole('link', { name: 'Rotate the key' }).click();
      const prepare = page.getByRole('button', { name: 'Prepare a new key' });
      await prepare.click();
      await page.getByRole('rowheader', { name: 'Next' }).waitFor();
      await page.getByRole('button', { name: 'Promote it' }).click();
      await page.getByRole('rowheader', { name: 'Active' }).waitFor();
      await prepare.click();
      await page.getByRole('rowheader', { name: 'Next' }).waitFor();
      // It can be left and taken up again.
      await page.reload();
      await page.evaluate(async ([url, persist]) => {
        const [{ mount }, { openInWorker }, { connect }] = await Promise.all(['console', 'worker', 'connect'].map((name) => import(`/dist/${name}.js`)));
        globalThis.store = url ? connect(url, { every: 50 }) : await openInWorker({ persist });
        mount(document.querySelector('#console'), store, { language: 'en' });
      }, [listener?.url, 'console.redb']);
      await page.getByRole('button', { name: 'Promote it' }).click();
      await page.getByRole('rowheader', { name: 'Previous' }).waitFor();
      await page.getByRole('button', { name: 'Roll back' }).click();
      await page.getByRole('rowheader', { name: 'Previous' }).waitFor({ state: 'detached' });

      await page.getByRole('link', { name: 'Log' }).click();
      await page.getByRole('button', { name: 'signing key rolled back' }).first().waitFor();
      await page.getByRole('link', { name: 'Providers' }).click();
      await rows(page).click();
      await page.getByRole('button', { name: 'Switch off' }).click();
      await page.getByRole('button', { name: 'Switch on' }).waitFor();
      const remove = page.getByRole('button', { name: 'Delete' });
      await remove.click();
      await page.getByText('cannot be brought back').waitFor();
      await remove.click();
      await page.getByText('There is no provider yet.').waitFor();
      assert.deepEqual(page.errors, []);
      await page.context().close();
      await listener?.close();
      await behind?.close();
    });
  }

  test('a list of 10 000 is searched, walked and switched by the keyboard', async () => {
    const page = await shown({ fill: providers(10_000) });
    await page.getByText('10000 providers').waitFor();
    assert.ok((await rows(page).count()) < 60, 'only what is in view is in the page');
    await page.keyboard.press('/');
    await page.keyboard.type('00777');
    await page.getByText('1 provider', { exact: true }).waitFor();
    await page.getByLabel('Search').fill('');
    await page.getByRole('listbox').focus();
    for (const key of ['End', 'ArrowUp', 'Space']) await page.keyboard.press(key);
    const row = page.getByRole('option', { name: 'Partner 09998' });
    await row.getByText('Inactive').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Partner 09998' }).waitFor();
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  test('a provider begins with a template, and a certificate with a request', async () => {
    const page = await shown();
    await page.getByRole('link', { name: 'New provider' }).click();
    await page.getByLabel('template').selectOption('social');
    const text = page.getByLabel('Metadata (XML)');
    const document = JSON.parse(await text.inputValue());
    Object.assign(document.providers[0], { name: 'Google', protocol: { ...document.providers[0].protocol, client: { id: 'a', secret: 'b' } } });
    await text.fill(JSON.stringify(document));
    await page.getByRole('button', { name: 'Show what would be created' }).click();
    await page.getByText('Google').first().waitFor();
    await page.getByRole('button', { name: 'Create the provider' }).click();
    await rows(page).click();
    await page.getByRole('link', { name: 'Rotate the key' }).click();
    await page.getByRole('button', { name: 'Request a certificate' }).click();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the request' }).click()]);
    assert.match(readFileSync(await saved.path(), 'utf8'), /^-----BEGIN CERTIFICATE REQUEST-----/);
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });

  test('requests of a store in memory are listed', async () => {
    const page = await shown();
    await page.evaluate(async () => {
      const [{ mount }, { open }] = await Promise.all(['console', 'index'].map((name) => import(`/dist/${name}.js`)));
      unmount();
      globalThis.store = await open({ seed: 1 });
      await store.fetch('/api/v1/idps?limit=5');
      mount(window.document.querySelector('#console'), store, { language: 'en' });
      location.hash = '#/log';
    });
    await page.getByText('GET /api/v1/idps?limit=5').waitFor();
    await page.evaluate(() => store.fetch('/api/v1/idps/none'));
    await page.getByText('404').waitFor();
    await page.context().close();
  });

  test('what was deleted is brought back', async () => {
    const page = await shown({ fill: providers(2) });
    await rows(page).first().click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('1 provider', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('2 providers').waitFor();
    await page.context().close();
  });

  test('another tab is followed', async () => {
    const context = await here.browser.newContext();
    const [one, other] = [await shown({ context, fill: providers(3) }), await shown({ context })];
    await other.getByText('3 providers').waitFor();
    await one.evaluate(() => store.providers.deactivate('partner-1'));
    await other.getByRole('option', { name: 'Partner 00001' }).getByText('Inactive').waitFor();
    await context.close();
  });

  test('a document is imported after its plan was shown', async () => {
    const page = await shown();
    await page.getByRole('link', { name: 'File' }).click();
    const buffer = Buffer.from(JSON.stringify(providers(2)));
    await page.getByLabel('Import a document').setInputFiles({ name: 'idps.json', mimeType: 'application/json', buffer });
    await page.getByText('Partner 00001').waitFor();
    assert.equal(await page.evaluate(async () => (await store.providers.list()).items.length), 0);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.waitForFunction(async () => (await store.providers.list()).items.length === 2);
    await page.getByRole('button', { name: 'Check the store' }).click();
    await page.getByText('The store is sound').waitFor();
    await page.getByRole('link', { name: 'Moving' }).click();
    await page.getByLabel('Move to').selectOption('PingOne');
    await page.getByText('cross completely').waitFor();
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`every screen can be used by everyone, ${colorScheme}`, async () => {
      const page = await shown({ context: await here.browser.newContext({ colorScheme }), fill: providers(5), language: 'de' });
      await page.evaluate(async (metadata) => {
        await store.providers.create({ metadata, alias: 'saml' });
        const { kid } = await store.rotation.prepare({ owners: ['saml'], key: 'EC-P-256' });
        await store.rotation.promote({ kid, owners: ['saml'] });
      }, samlMetadata());
      await page.evaluate(AXE);
      const id = await page.evaluate(async () => (await store.providers.get('saml')).id);
      for (const screen of [...SCREENS, `provider/${id}`, `rotation/${id}`]) {
        await page.evaluate((screen) => void (location.hash = `#/${screen}`), screen);
        await page.waitForTimeout(300);
        const { violations } = await page.evaluate(() => axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => [screen, id, nodes.map(({ html }) => html)]), []);
      }
      assert.deepEqual(page.errors, []);
      await page.context().close();
    });
  }
});
