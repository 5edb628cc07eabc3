// Each screen of the console as a person uses it, in Chromium.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { samlMetadata } from 'idpstore/factories';
import { inChromium, noBrowser } from './support/browser.mjs';
import { file, mounted, planned, providers, rows, saved, watched } from './support/console.mjs';

const SCREENS = ['providers', 'new', 'certificates', 'log', 'moving', 'file'];

describe('the screens of the console', { skip: noBrowser }, () => {
  const here = inChromium();

  /** A page with the console of a store of its own, which ends with the test. */
  async function shown(t, given = {}) {
    const context = await here.browser.newContext({ acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'], ...given.context });
    t.after(() => context.close());
    const page = await watched(context);
    await mounted(page, { origin: here.server.url, ...given });
    return page;
  }

  /** Fails if anything went wrong in the page, or left it. */
  function wasWell(page) {
    assert.deepEqual(page.errors, []);
    assert.deepEqual([...page.origins], [here.server.url]);
  }

  test('a list of 10 000 is searched, walked and switched by the keyboard', async (t) => {
    const page = await shown(t, { fill: providers(10_000) });
    await page.getByText('10,000 providers').waitFor();
    assert.ok((await rows(page).count()) < 60, 'only what is in view is in the page');
    await page.keyboard.press('/');
    await page.keyboard.type('00777');
    await page.getByText('1 provider', { exact: true }).waitFor();
    await page.getByLabel('Search').fill('PARTNER-7777');
    await page.getByText('1 provider', { exact: true }).waitFor();
    await page.getByLabel('Search').fill('');
    await page.getByRole('grid').focus();
    for (const key of ['End', 'ArrowUp', 'Space']) await page.keyboard.press(key);
    const row = page.getByRole('row', { name: 'Partner 09998' });
    await row.getByText('Inactive').waitFor();
    await page.getByLabel('State').selectOption('Inactive');
    await page.getByText('1 provider', { exact: true }).waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Partner 09998' }).waitFor();
    wasWell(page);
  });

  test('providers are filtered by kind and by vendor, and marked if a certificate ends', async (t) => {
    const page = await shown(t, { fill: { version: 1, providers: [...providers(2).providers, { name: 'Cards', alias: 'cards', protocol: { type: 'mutual_tls', issuer: 'https://ca.example' } }] } });
    await page.evaluate(async () => {
      const { kid } = await store.rotation.prepare({ owners: ['partner-0'], key: 'EC-P-256', years: 1 });
      await store.rotation.promote({ kid, owners: ['partner-0'] });
    });
    await page.getByLabel('Kind').selectOption('mTLS');
    await page.getByText('1 provider', { exact: true }).waitFor();
    const shownByPingOne = await page.evaluate(async () => (await store.providers.get('cards')).shown_by.includes('pingone'));
    await page.getByLabel('Vendor').selectOption('PingOne');
    await page.getByText(shownByPingOne ? '1 provider' : '0 providers', { exact: true }).waitFor();
    await page.getByLabel('Kind').selectOption('Any kind');
    await page.getByText(`${shownByPingOne ? 3 : 2} providers`, { exact: true }).waitFor();
    wasWell(page);
  });

  test('a provider is shown as each vendor does, and edited in the neutral form and in that of a vendor', async (t) => {
    const page = await shown(t, { fill: providers(1) });
    await rows(page).click();
    await page.getByText('"issuer": "https://partner-0.example"').waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    const text = page.getByLabel('Document: Neutral');
    const document = JSON.parse(await text.inputValue());
    // What is wrong is found at its place.
    await text.fill(JSON.stringify({ ...document, protocol: { ...document.protocol, issuer: 'no address' } }, undefined, 2));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('alert').getByText('/protocol/issuer').waitFor();
    const line = (await text.inputValue()).split('\n').findIndex((one) => one.includes('"issuer"')) + 1;
    await page.getByRole('alert').getByText(`Line ${line}:`).waitFor();
    await text.fill(JSON.stringify({ ...document, name: 'Renamed' }, undefined, 2));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.locator('ins').getByText('Renamed').waitFor();
    assert.equal(await page.evaluate(async () => (await store.providers.get('partner-0')).name), 'Partner 00000', 'a plan changes nothing');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Renamed' }).waitFor();

    await page.getByRole('button', { name: 'Okta', exact: true }).click();
    await page.getByText('"type": "OIDC"').first().waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    const okta = page.getByLabel('Document: Okta');
    const shownByOkta = JSON.parse(await okta.inputValue());
    await okta.fill(JSON.stringify({ ...shownByOkta, name: 7 }, undefined, 2));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('alert').getByText('Line').first().waitFor();
    await okta.fill(JSON.stringify({ ...shownByOkta, name: 'Named at Okta' }, undefined, 2));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Named at Okta' }).waitFor();
    wasWell(page);
  });

  test('what does not cross is marked in the document, and explained', async (t) => {
    const page = await shown(t);
    const id = await page.evaluate(async () => {
      const created = await store.okta.createIdentityProvider({
        type: 'OIDC', name: 'Marked',
        protocol: {
          type: 'OIDC', scopes: ['openid'], issuer: { url: 'https://marked.example' },
          endpoints: Object.fromEntries(['authorization', 'token', 'jwks'].map((name) => [name, { url: `https://marked.example/${name}`, binding: 'HTTP-REDIRECT' }])),
          credentials: { client: { client_id: 'a', client_secret: 'b' } },
        },
        policy: { maxClockSkew: 77_000, provisioning: { action: 'AUTO', groups: { action: 'NONE' } }, subject: { userNameTemplate: { template: 'idpuser.email' }, matchType: 'USERNAME' } },
      });
      location.hash = `#/provider/${created.id}`;
      return created.id;
    });
    await page.getByRole('button', { name: 'Okta', exact: true }).click();
    await page.locator('.document').getByText(`"id": "${id}"`).waitFor();
    const line = page.locator('.document .marked', { hasText: 'maxClockSkew' });
    await line.getByText(/≠ .*ZITADEL/).waitFor();
    await page.getByRole('heading', { name: 'What does not cross to ZITADEL' }).waitFor();
    await page.locator('li', { hasText: '/policy/maxClockSkew' }).first().getByText('no counterpart').waitFor();
    wasWell(page);
  });

  test('who is linked is listed, and a certificate is trusted and dropped again', async (t) => {
    const page = await shown(t, {
      fill: { ...providers(1), users: [{ login: 'ada@example.com' }], links: [{ provider: 'partner-0', user: 'ada@example.com', external_id: 'ada-there' }] },
    });
    await page.evaluate(async (metadata) => {
      const { provider } = await store.providers.create({ metadata, alias: 'saml' });
      location.hash = `#/provider/${provider.id}`;
    }, samlMetadata());
    await page.getByText('No user is linked.').waitFor();
    await page.getByRole('button', { name: 'Stop trusting' }).click();
    await page.getByText('It trusts no certificate.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Stop trusting' }).waitFor();
    await page.getByLabel('read metadata').setInputFiles(file('new.xml', samlMetadata({ location: 'https://saml.example/elsewhere' }), 'application/xml'));
    await page.getByRole('button', { name: 'Make these changes' }).click();
    await page.getByRole('definition').getByText('https://saml.example/elsewhere').waitFor();
    await page.getByRole('link', { name: 'Providers' }).click();
    await rows(page).filter({ hasText: 'Partner 00000' }).click();
    await page.getByRole('cell', { name: 'ada@example.com' }).waitFor();
    await page.getByRole('cell', { name: 'ada-there' }).waitFor();
    wasWell(page);
  });

  test('a provider begins with a file that is dropped, or with a template of each kind', async (t) => {
    const page = await shown(t);
    await page.getByRole('link', { name: 'New provider' }).first().click();
    const text = page.getByLabel('Metadata (XML)');
    const dropped = await page.evaluateHandle((metadata) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([metadata], 'partner.xml', { type: 'application/xml' }));
      return transfer;
    }, samlMetadata());
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('heading', { name: 'Certificates' }).waitFor();
    for (const kind of ['SAML', 'OpenID Connect', 'Social', 'mTLS']) {
      await page.getByLabel('template').selectOption(kind);
      const document = JSON.parse(await text.inputValue());
      document.providers[0].name = `New ${kind}`;
      if (document.providers[0].protocol.client) Object.assign(document.providers[0].protocol.client, { id: 'a', secret: 'b' });
      await text.fill(JSON.stringify(document));
      await page.getByRole('button', { name: 'Show the plan' }).click();
      await page.getByText(`New ${kind}`).first().waitFor();
      await page.getByRole('button', { name: 'Create the provider' }).click();
      await page.getByRole('row', { name: `New ${kind}` }).waitFor();
      await page.getByRole('link', { name: 'New provider' }).first().click();
    }
    // What is refused says why and where, and is not created.
    await text.fill(JSON.stringify({ version: 1, providers: [{ name: '', protocol: { type: 'saml', entity_id: 'urn:a' } }] }));
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('/providers/0/name').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Create the provider' }).isDisabled(), true);
    wasWell(page);
  });

  test('metadata is sent as the bytes of its file, and as a text once it is edited', async (t) => {
    const page = await shown(t, { hash: '#/new' });
    const head = '<?xml version="1.0" encoding="windows-1252"?>';
    const metadata = `${head}\n${samlMetadata({ location: 'https://idp.example/caf\u00e9' })}`;
    await page.getByLabel('Choose a file').setInputFiles({ name: 'idp.xml', mimeType: 'application/xml', buffer: Buffer.from(metadata, 'latin1') });
    const text = page.getByLabel('Metadata (XML)');
    // The file has been read once there is something to plan.
    await page.locator('button:enabled', { hasText: 'Show the plan' }).waitFor();
    assert.equal(await text.inputValue(), metadata);
    const created = async () => {
      await page.getByRole('button', { name: 'Show the plan' }).click();
      await page.getByRole('button', { name: 'Create the provider' }).click();
      await page.waitForURL('**#/provider/*');
      return page.evaluate(async () => {
        const { protocol, id } = await store.providers.get(decodeURIComponent(location.hash.split('/')[2]));
        await store.providers.delete(id);
        location.hash = '#/new';
        return protocol.single_sign_on.location;
      });
    };
    assert.equal(await created(), 'https://idp.example/caf\u00e9');
    await text.fill(metadata.replace('caf\u00e9', 'th\u00e9'));
    assert.equal(await created(), 'https://idp.example/th\u00e9');
    wasWell(page);
  });

  test('one of several entities is taken, or all; a discovery document gets its client', async (t) => {
    const page = await shown(t, { hash: '#/new' });
    const entity = (name) => samlMetadata({ entityId: `urn:${name}`, location: 'https://idp.example' });
    const several = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${entity('a')}${entity('b')}</EntitiesDescriptor>`;
    const text = page.getByLabel('Metadata (XML)');
    const names = () => page.evaluate(async () => (await store.providers.list()).items.map(({ protocol }) => protocol.entity_id ?? protocol.client.id));
    await text.fill(several);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByLabel('Entity ID of the provider').fill('urn:b');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: 'Create the provider' }).click();
    await page.waitForURL('**#/provider/*');
    assert.deepEqual(await names(), ['urn:b']);
    await page.getByRole('link', { name: 'New provider' }).first().click();
    await text.fill(several);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByLabel('Create all of them').check();
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: 'Create the provider' }).click();
    await page.getByText('2 providers').waitFor();
    await page.getByRole('link', { name: 'New provider' }).first().click();
    const endpoints = Object.fromEntries(['authorization_endpoint', 'token_endpoint', 'jwks_uri'].map((name) => [name, `https://op.example/${name}`]));
    await text.fill(JSON.stringify({ issuer: 'https://op.example', ...endpoints, response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'] }));
    await page.getByLabel('Client ID').fill('our-client');
    await page.getByLabel('Client secret').fill('only once');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: 'Create the provider' }).click();
    await page.waitForURL('**#/provider/*');
    assert.ok((await names()).includes('our-client'));
    assert.ok(!(await page.locator('#console').innerText()).includes('only once'));
    // Without a fetcher no URL can be read.
    await page.getByRole('link', { name: 'New provider' }).first().click();
    assert.equal(await page.getByLabel('URL').count(), 0);
    await page.getByLabel('template').selectOption('SAML');
    assert.equal(await page.getByLabel('Alias').isDisabled(), true);
    wasWell(page);
  });

  test('certificates are chosen by their month, and rotated from there', async (t) => {
    const page = await shown(t, { fill: providers(3) });
    await page.evaluate(async () => {
      for (const [owner, years] of [['partner-0', 1], ['partner-1', 1], ['partner-2', 2]]) {
        const { kid } = await store.rotation.prepare({ owners: [owner], key: 'EC-P-256', years });
        await store.rotation.promote({ kid, owners: [owner] });
      }
    });
    await page.getByRole('link', { name: 'Certificates' }).click();
    await page.getByLabel('Ends within').selectOption('10 years');
    await page.getByRole('row').filter({ hasText: 'Partner 00002' }).waitFor();
    const months = page.getByRole('group', { name: 'What ends, by month' }).getByRole('button');
    assert.equal(await months.count(), 2);
    await months.first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('row').filter({ hasText: 'Partner 00002' }).waitFor({ state: 'detached' });
    await page.getByRole('row').filter({ hasText: 'Partner 00001' }).getByRole('link', { name: 'Rotate' }).click();
    await page.getByRole('heading', { name: 'Rotate the key' }).waitFor();
    wasWell(page);
  });

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
