// The console as a person uses it, in Chromium: from an empty store to a finished rotation, wherever the store is.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';

import { open } from 'idpstore';
import { PARTNER, samlMetadata } from 'idpstore/factories';
import { listen } from 'idpstore/node';
import { makeAuthority, makeKey } from './support/authority.mjs';
import { inChromium, noBrowser } from './support/browser.mjs';
import { file, mounted, planned, providers, rows, saved, watched } from './support/console.mjs';
import { noProgram, serve } from './support/native.mjs';
import { takes } from './support/saml.mjs';

/** As OpenSSL prints it. */
const FINGERPRINT = createHash('sha256').update(Buffer.from(PARTNER.certificate, 'base64')).digest('hex').toUpperCase().match(/../g).join(':');

describe('the console', { skip: noBrowser }, () => {
  const here = inChromium();

  /** A tab of a browser of its own, which ends with the test. */
  async function tab(t) {
    const context = await here.browser.newContext({ locale: 'en-GB' });
    t.after(() => context.close());
    return watched(context);
  }

  /** Where the store may be: how its console is shown in a page, and what ends it. */
  const SETTINGS = {
    'of the page': async (page) => {
      await mounted(page, { origin: here.server.url });
      return { again: () => mounted(page, { origin: here.server.url, hash: new URL(page.url()).hash }) };
    },
    'of a server': async (page) => {
      const behind = await open();
      const listener = await listen(behind, { allowOrigins: [here.server.url] });
      const show = (hash) => mounted(page, { origin: here.server.url, url: listener.url, hash });
      await show();
      return {
        again: () => show(new URL(page.url()).hash),
        end: async () => {
          await listener.close();
          await behind.close();
        },
      };
    },
    'of the app': async (page) => {
      const url = `${here.server.url}/dist/app/`;
      await page.goto(url);
      return { again: () => page.goto(`${url}${new URL(page.url()).hash}`).then(() => page.reload()) };
    },
    'of `idpstore serve`': async (page) => {
      const server = await serve(undefined, ['--token', 'secret']);
      const link = await server.link();
      await page.goto(link);
      const again = async () => {
        const { hash } = new URL(page.url());
        await page.reload();
        await page.getByLabel('Token or link').fill(link);
        await page.keyboard.press('Enter');
        await page.getByRole('navigation').waitFor();
        await page.evaluate((hash) => void (location.hash = hash), hash);
      };
      return { again, end: () => server.stop() };
    },
  };

  for (const [where, show] of Object.entries(SETTINGS)) {
    const skip = where === 'of `idpstore serve`' && noProgram;
    test(`a store ${where}: from nothing to a finished rotation`, { skip }, async (t) => {
      const page = await tab(t);
      const { again, end } = await show(page);
      t.after(() => end?.());
      await fromMetadata(page);
      const [first, second] = ['first', 'second'].map((name) => ({ kid: name, ...makeKey(name) }));
      await importKeys(page, [first, second]);
      await page.getByRole('link', { name: 'Providers' }).click();
      await rows(page).click();
      await page.getByRole('link', { name: 'Set up a signing key' }).click();
      await rotated(page, again, first, second);
      await page.getByRole('link', { name: 'Log' }).click();
      await page.getByRole('button', { name: 'Signing key retired' }).waitFor();
      assert.deepEqual(page.errors, []);
    });
  }

  /** Creates a provider from the metadata of a partner, whose plan is shown first. */
  async function fromMetadata(page) {
    await page.getByText('There is no provider yet.').waitFor();
    await page.getByRole('link', { name: 'New provider' }).first().click();
    await page.getByLabel('Metadata (XML)').fill(samlMetadata());
    await page.getByLabel('Alias').fill('partner');
    const create = page.getByRole('button', { name: 'Create the provider' });
    assert.equal(await create.isDisabled(), true, 'the plan comes first');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText(FINGERPRINT).waitFor();
    await page.getByText('2100').waitFor();
    await create.click();
    await page.getByRole('heading', { name: 'https://saml.example' }).waitFor();
  }

  /** Imports keys of which the test knows the private parts, as spare keys of the provider. */
  async function importKeys(page, keys) {
    const document = {
      version: 1,
      signing_keys: keys.map(({ kid, certificate, privateKey }) => ({ kid, chain: [certificate], private: privateKey, owners: ['partner'] })),
    };
    await page.getByRole('link', { name: 'File' }).click();
    await page.getByLabel('Import a document').setInputFiles(file('keys.json', JSON.stringify(document)));
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('The document has been imported.').waitFor();
  }

  /** Rotates to the first key and then, with an overlap, to the second; a partner verifies signatures with what is published. */
  async function rotated(page, again, first, second) {
    const step = (name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
    const role = (name) => page.getByRole('rowheader', { name, exact: true });
    const metadata = async () => (await saved(page, page.locator('.head').getByRole('button', { name: 'Metadata' }))).text;
    /** The spare key with this certificate: the document's names are not the store's. */
    const choose = async (number) => page.getByRole('combobox', { name: 'Key', exact: true }).selectOption({ index: number });

    await choose(1);
    await planned(step('Prepare a new key'), 'Prepare');
    await role('Next').waitFor();
    await planned(step('Promote'), 'Promote');
    await role('Active').waitFor();
    const [active, spare] = (await takes(await metadata(), first.privateKey)) ? [first, second] : [second, first];
    assert.ok(await takes(await metadata(), active.privateKey), 'the active key verifies');
    assert.ok(!(await takes(await metadata(), spare.privateKey)), 'a spare key is not published');

    await choose(1);
    await planned(step('Prepare a new key'), 'Prepare');
    await role('Next').waitFor();
    assert.ok((await takes(await metadata(), active.privateKey)) && (await takes(await metadata(), spare.privateKey)), 'both are published');
    const certificate = await saved(page, page.getByRole('button', { name: 'Download the certificate' }));
    assert.equal(certificate.text.replace(/-----.*-----|\s/g, ''), spare.certificate);
    const check = page.getByLabel(/The partner of .*saml\.example.* has the certificate/);
    await check.check();
    // It is left, and taken up again where it stood.
    await again();
    await role('Next').waitFor();
    assert.equal(await check.isChecked(), true);
    await page.getByLabel('Overlap in days').fill('30');
    await step('Promote').getByRole('button', { name: 'Promote', exact: true }).click();
    await page.getByText('What would change').waitFor();
    await role('Next').waitFor();
    await page.getByRole('button', { name: 'Confirm: Promote' }).click();
    await role('Previous').waitFor();
    assert.ok((await takes(await metadata(), active.privateKey)) && (await takes(await metadata(), spare.privateKey)), 'both hold in the overlap');

    await planned(step('Finish'), 'Roll back');
    await role('Previous').waitFor({ state: 'detached' });
    assert.ok(await takes(await metadata(), active.privateKey), 'the first signs again');
    await role('Next').waitFor();
    await planned(step('Promote'), 'Promote');
    await role('Previous').waitFor();
    await planned(step('Finish'), 'Finish now');
    await role('Previous').waitFor({ state: 'detached' });
    assert.ok(await takes(await metadata(), spare.privateKey), 'the second key verifies');
    assert.ok(!(await takes(await metadata(), active.privateKey)), 'the first is published no longer');
  }

  test('a key that several sign with is rotated for all of them, and back', async (t) => {
    const page = await tab(t);
    const key = makeKey('shared');
    const { providers: two } = providers(2);
    const fill = {
      version: 1,
      providers: two.map((one) => ({ ...one, signing_key: 'shared' })),
      signing_keys: [{ kid: 'shared', chain: [key.certificate], private: key.privateKey, owners: two.map(({ alias }) => alias) }],
    };
    await mounted(page, { origin: here.server.url, fill });
    const signing = () => page.evaluate(async () => Promise.all(['partner-0', 'partner-1'].map(async (alias) => (await store.providers.get(alias)).signing_key)));
    const [before] = await signing();
    await rows(page).first().getByRole('link').click();
    await page.getByRole('link', { name: 'Rotate the key' }).click();
    assert.equal(await page.getByLabel('Partner 00001', { exact: true }).isChecked(), true);
    await page.getByLabel('Kind of key').selectOption('EC-P-256');
    await planned(page, 'Prepare');
    await page.getByText(/The partner of .*Partner 00001.* has the certificate/).waitFor();
    await planned(page, 'Promote');
    await page.getByRole('rowheader', { name: 'Previous' }).waitFor();
    const [one, other] = await signing();
    assert.ok(one === other && one !== before, 'both sign with the new key');
    await planned(page, 'Roll back');
    await page.getByRole('rowheader', { name: 'Previous' }).waitFor({ state: 'detached' });
    assert.deepEqual(await signing(), [before, before]);
    assert.deepEqual(page.errors, []);
  });

  test('a certificate of an authority is requested, and published', async (t) => {
    const authority = makeAuthority();
    const page = await tab(t);
    await mounted(page, { origin: here.server.url, fill: providers(1) });
    await rows(page).click();
    await page.getByRole('link', { name: 'Set up a signing key' }).click();
    await page.getByRole('button', { name: 'Issued by an authority' }).click();
    await page.getByLabel('Organization').fill('Example');
    await page.getByLabel('DNS names').fill('a.example, b.example');
    await planned(page, 'Make the request');
    const request = await saved(page, page.getByRole('button', { name: 'Download the request' }));
    assert.match(request.text, /^-----BEGIN CERTIFICATE REQUEST-----/);
    const issued = authority.issue(request.text.replace(/-----.*-----|\s/g, ''));
    const pem = `-----BEGIN CERTIFICATE-----\n${issued.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
    // One that belongs to another key is refused, and nothing changes.
    await page.getByLabel('Issued certificate').fill(pem.replace(issued.match(/.{1,64}/g).join('\n'), makeKey('other').certificate));
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Issued certificate').fill(pem);
    await planned(page, 'Publish');
    await page.getByRole('rowheader', { name: 'Next' }).waitFor();
    assert.deepEqual(page.errors, []);
  });

  test('the tab crashes in the middle of a rotation, and another goes on', async (t) => {
    const page = await tab(t);
    const context = page.context();
    await mounted(page, { origin: here.server.url, fill: providers(1) });
    await rows(page).click();
    await page.getByRole('link', { name: 'Set up a signing key' }).click();
    await page.getByLabel('Kind of key').selectOption('EC-P-256');
    await planned(page, 'Prepare');
    await page.getByRole('rowheader', { name: 'Next' }).waitFor();
    const { hash } = new URL(page.url());
    const session = await context.newCDPSession(page);
    const crashed = new Promise((resolve) => page.once('crash', resolve));
    session.send('Page.crash').catch(() => {});
    await crashed;
    const other = await watched(context);
    await mounted(other, { origin: here.server.url, hash });
    await planned(other, 'Promote');
    await other.getByRole('rowheader', { name: 'Active' }).waitFor();
    await other.getByRole('rowheader', { name: 'Next' }).waitFor({ state: 'detached' });
    assert.deepEqual(other.errors, []);
  });

  test('two tabs work on one store', async (t) => {
    const one = await tab(t);
    const other = await watched(one.context());
    await mounted(one, { origin: here.server.url, fill: providers(3) });
    await mounted(other, { origin: here.server.url });
    await other.getByText('3 providers').waitFor();
    await one.getByRole('row', { name: 'Partner 00001' }).getByText('Active').click();
    await other.getByRole('row', { name: 'Partner 00001' }).getByText('Inactive').waitFor();
    await other.getByRole('row', { name: 'Partner 00001' }).getByText('Inactive').click();
    await one.getByRole('row', { name: 'Partner 00001' }).getByText('Active', { exact: true }).waitFor();
    for (const [page, words] of [[one, 'this tab'], [other, 'another tab']]) {
      await page.getByRole('link', { name: 'File' }).click();
      await page.getByText(words).waitFor();
      await page.getByText(/ of .* used$/).waitFor();
    }
  });
});
