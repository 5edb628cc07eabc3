// The list, a provider, a new one and certificates in the console, as a person uses them in Chromium.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { samlMetadata } from 'idpstore/factories';
import { makeKey } from './support/authority.mjs';
import { inChromium, noBrowser } from './support/browser.mjs';
import { consoles, file, providers, rows } from './support/console.mjs';

describe('the screens of providers', { skip: noBrowser }, () => {
  const here = inChromium();
  const { shown, wasWell } = consoles(here);

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

  test('providers are filtered by kind and by vendor, and marked if a certificate ends or is weak', async (t) => {
    const key = (kid, given) => ({ kid, chain: [makeKey(kid, given).certificate] });
    const saml = (name, kid) => ({ name, alias: name, trusted_keys: [kid], protocol: { type: 'saml', entity_id: `urn:${name}`, single_sign_on: { location: 'https://idp.example/sso' } } });
    const page = await shown(t, {
      fill: {
        version: 1,
        trusted_keys: [key('soon', { days: 21 }), key('weak', { bits: 1024, days: 400 }), key('good', { days: 400 })],
        providers: [saml('ending', 'soon'), saml('feeble', 'weak'), saml('fine', 'good'), { name: 'cards', alias: 'cards', protocol: { type: 'mutual_tls', issuer: 'https://ca.example' } }],
      },
    });
    const row = (name) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
    await row('ending').getByText('Ends soon').waitFor();
    await row('feeble').getByText('Weak key').waitFor();
    assert.equal(await row('fine').locator('.badge.warn').count(), 0);
    await page.getByLabel('Kind').selectOption('mTLS');
    await page.getByText('1 provider', { exact: true }).waitFor();
    // PingOne has no such kind.
    await page.getByLabel('Vendor').selectOption('PingOne');
    await page.getByText('0 providers', { exact: true }).waitFor();
    await page.getByLabel('Kind').selectOption('Any kind');
    await page.getByText('3 providers', { exact: true }).waitFor();
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
    await page.getByLabel('template').selectOption('SAML');
    assert.equal(await page.getByLabel('URL').count(), 0);
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
});
