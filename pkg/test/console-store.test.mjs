// The log, the file and moving in the console, as a person uses them in Chromium.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { inChromium, noBrowser } from './support/browser.mjs';
import { consoles, file, mounted, planned, providers, rows, saved } from './support/console.mjs';

const SCREENS = ['providers', 'new', 'certificates', 'log', 'moving', 'file'];

describe('the screens of the whole store', { skip: noBrowser }, () => {
  const here = inChromium();
  const { shown, wasWell } = consoles(here);

  test('the log undoes, and shows the store as it was', async (t) => {
    const page = await shown(t, { fill: providers(2) });
    await rows(page).first().getByText('Active').click();
    await rows(page).first().getByText('Inactive').waitFor();
    await page.getByRole('link', { name: 'Log' }).click();
    const entry = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Provider deactivated' }) });
    await entry.getByRole('button', { name: 'Provider deactivated' }).click();
    await entry.locator('del').getByText('active').waitFor();
    await entry.locator('ins').getByText('inactive').waitFor();
    const before = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Imported' }) });
    await before.getByRole('link', { name: 'View the store at this point' }).click();
    await page.getByText('as it was after change').waitFor();
    assert.equal(await rows(page).first().getByRole('switch').count(), 0, 'what was cannot be switched');
    await page.getByRole('link', { name: 'Log' }).click();
    await before.waitFor();
    assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0, 'what was cannot be changed');
    await page.getByRole('link', { name: 'Providers' }).click();
    await page.getByText('as it was after change').waitFor();
    await page.getByRole('link', { name: 'Back to now' }).click();
    await rows(page).first().getByText('Inactive').waitFor();
    await page.getByRole('link', { name: 'Log' }).click();
    await planned(entry, 'Undo');
    await page.getByText('undoes change').waitFor();
    await page.getByText('Change 2 has been undone.').waitFor();
    await page.getByRole('link', { name: 'Providers' }).click();
    await rows(page).first().getByText('Active', { exact: true }).waitFor();
    // By a moment in place of a change.
    await page.getByRole('link', { name: 'Log' }).click();
    await page.getByLabel('Show the store as of').fill('2001-01-01T00:00:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('There is no provider yet.').waitFor();
    wasWell(page);
  });

  test('the log has the newest changes, however many one call has made', async (t) => {
    const page = await shown(t, { fill: providers(1200) });
    await page.evaluate(() => store.providers.deactivate('partner-7'));
    await page.getByRole('link', { name: 'Log' }).click();
    const entries = page.locator('.log .entry');
    await entries.first().getByText('Provider deactivated').waitFor();
    await entries.nth(1).getByText('1,200 changes').waitFor();
    // What happens while it is shown.
    await page.evaluate(() => store.providers.activate('partner-7'));
    await entries.first().getByText('Provider activated').waitFor();
    // Further back than it reads at first.
    await page.evaluate(async () => {
      for (let turn = 0; turn < 30; turn++) {
        await store.providers.deactivate('partner-8');
        await store.providers.activate('partner-8');
      }
    });
    await page.reload();
    await mounted(page, { origin: here.server.url, hash: '#/log' });
    await entries.first().getByText('Provider activated').waitFor();
    assert.equal(await entries.count(), 50);
    await page.getByRole('button', { name: 'Show more' }).click();
    await entries.last().getByText('1,200 changes').waitFor();
    assert.equal(await entries.count(), 63);
    assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);
    wasWell(page);
  });

  test('what was deleted is brought back', async (t) => {
    const page = await shown(t, { fill: providers(2) });
    await rows(page).first().click();
    await planned(page, 'Delete');
    await page.getByText('1 provider', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('2 providers').waitFor();
    wasWell(page);
  });

  test('requests are listed as they come, with what they changed, and copied as curl', async (t) => {
    const page = await shown(t);
    await page.evaluate(async () => {
      const [{ mount }, { open }, { oidcProvider }] = await Promise.all(['console', 'index', 'factories'].map((name) => import(`/dist/${name}.js`)));
      unmount();
      globalThis.store = await open({ seed: oidcProvider({ alias: 'one' }) });
      mount(window.document.querySelector('#console'), store, { language: 'en' });
      location.hash = '#/log';
    });
    await page.getByRole('button', { name: 'Requests' }).click();
    await page.getByText('No request has been answered yet.').waitFor();
    await page.evaluate(async () => {
      const [{ id }] = await (await store.fetch('/api/v1/idps?limit=5')).json();
      await store.fetch(`/api/v1/idps/${id}/lifecycle/deactivate`, { method: 'POST' });
      await store.fetch('/api/v1/idps/none');
    });
    await page.getByText('404').waitFor();
    const change = page.getByRole('listitem').filter({ hasText: 'deactivateIdentityProvider' });
    await change.getByRole('button', { name: /^change/ }).click();
    await change.locator('ins').getByText('inactive').waitFor();
    await change.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied').waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl -X POST -H "Authorization: Bearer \$TOKEN" "\$BASE_URL"'\/api\/v1\/idps\/\w+\/lifecycle\/deactivate'$/);
    await page.getByLabel('Filter').fill('404');
    await page.getByText('1 request', { exact: true }).waitFor();
    assert.deepEqual(page.errors, []);
  });

  test('a document is imported after its plan was shown, and a store compared with a file', async (t) => {
    const page = await shown(t);
    await page.getByRole('link', { name: 'File' }).click();
    const buffer = JSON.stringify(providers(2));
    await page.getByLabel('Import a document').setInputFiles(file('idps.json', buffer));
    await page.getByText('Partner 00001').waitFor();
    assert.equal(await page.evaluate(async () => (await store.providers.list()).items.length), 0);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('The document has been imported.').waitFor();
    const copy = await page.evaluate(async () => [...new Uint8Array(await (await store.file.export()).arrayBuffer())]);
    await page.getByLabel('Compare with a file').setInputFiles({ name: 'copy.redb', mimeType: '', buffer: Buffer.from(copy) });
    await page.getByText('copy.redb has the same content.').waitFor();
    await page.getByLabel('Compare with a file').setInputFiles(file('idps.json', JSON.stringify(providers(1))));
    await page.getByRole('heading', { name: 'To match idps.json:' }).waitFor();
    await page.locator('li', { hasText: 'Partner 00001' }).getByText('Deleted').waitFor();
    await page.getByRole('button', { name: 'Check the store' }).click();
    await page.getByText('No problems found in').waitFor();
    const exported = await saved(page, page.getByRole('button', { name: 'Export a document' }));
    assert.equal(JSON.parse(exported.text).providers.length, 2);
    // A copy that is opened replaces all, and can be taken back.
    await page.evaluate(() => store.providers.delete('partner-0'));
    await page.getByLabel('Open a copy').setInputFiles({ name: 'copy.redb', mimeType: '', buffer: Buffer.from(copy) });
    await page.getByRole('heading', { name: 'What copy.redb would change' }).waitFor();
    await page.locator('.planned li', { hasText: 'Partner 00000' }).getByText('Created').waitFor();
    assert.equal(await page.evaluate(async () => (await store.providers.list()).items.length), 1, 'a plan changes nothing');
    await page.getByRole('button', { name: 'Replace everything' }).click();
    await page.getByText('The copy has been opened.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.waitForFunction(async () => (await store.providers.list()).items.length === 1);
    wasWell(page);
  });

  test('an import deletes what is not listed only as its plan shows it', async (t) => {
    const page = await shown(t, { fill: providers(2), hash: '#/file' });
    await page.getByLabel('Import a document').setInputFiles(file('idps.json', JSON.stringify(providers(1))));
    await page.getByText('Nothing would change.').waitFor();
    await page.getByLabel('Delete records').check();
    await page.locator('.plan li', { hasText: 'Partner 00001' }).getByText('Deleted').waitFor();
    // The plan of one setting comes after the other was chosen.
    await page.evaluate(() => {
      const send = store.import.bind(store);
      store.import = async (document, query) => {
        const answer = await send(document, query);
        if (query.plan && query.prune) await new Promise((resolve) => (globalThis.release = resolve));
        return answer;
      };
    });
    await page.getByLabel('Delete records').uncheck();
    await page.getByText('Nothing would change.').waitFor();
    await page.getByLabel('Delete records').check();
    await page.waitForFunction(() => globalThis.release);
    await page.getByLabel('Delete records').uncheck();
    await page.getByText('Nothing would change.').waitFor();
    await page.evaluate(() => release());
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.equal(await page.locator('.plan li', { hasText: 'Partner 00001' }).count(), 0);
    wasWell(page);
  });

  test('a store in memory is shown as one, and a file with what the browser grants it', async (t) => {
    const page = await shown(t, { hash: '#/file' });
    await page.getByText('Open in').waitFor();
    await page.getByText('If space runs low').waitFor();
    await page.evaluate(async () => {
      const [{ mount }, { open }] = await Promise.all(['console', 'index'].map((name) => import(`/dist/${name}.js`)));
      unmount();
      globalThis.store = await open();
      mount(window.document.querySelector('#console'), store, { language: 'en' });
    });
    await page.getByText('In memory only').waitFor();
    assert.equal(await page.getByText('If space runs low').count(), 0);
    wasWell(page);
  });

  test('moving shows what is lost, and exports documents and a script', async (t) => {
    const page = await shown(t);
    await page.getByRole('link', { name: 'Move' }).click();
    await page.getByText('There is no provider yet.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Export a script' }).isDisabled(), true);
    // What comes while it is shown.
    await page.evaluate((document) => store.import(document), providers(2));
    await page.getByRole('combobox', { name: 'To', exact: true }).selectOption('PingOne');
    await page.getByText('move completely').waitFor();
    const script = await saved(page, page.getByRole('button', { name: 'Export a script' }));
    assert.match(script.text, /^#!.*\n[^]*curl/);
    const documents = await saved(page, page.getByRole('button', { name: 'Export the documents' }));
    assert.equal(JSON.parse(documents.text).length, 2);
    wasWell(page);
  });

  test('it can be linked to each screen, and has no need of a mouse', async (t) => {
    const page = await shown(t, { fill: providers(2), hash: '#/moving' });
    await page.getByRole('heading', { name: 'Move' }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Skip to the content' }).waitFor();
    for (const screen of SCREENS) {
      await page.evaluate((screen) => void (location.hash = `#/${screen}`), screen);
      await page.getByRole('navigation').locator(`a[aria-current][href="#/${screen}"]`).waitFor();
    }
    wasWell(page);
  });
});
