// How the console looks, on every screen: for those who see it, and for those who do not. `UPDATE=1` draws `docs/console/` anew.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { makeKey } from './support/authority.mjs';
import { inChromium, noBrowser } from './support/browser.mjs';
import { providers, usableByEveryone, watched } from './support/console.mjs';

const PICTURES = fileURLToPath(new URL('../../docs/console/', import.meta.url));
const SIZE = { width: 1120, height: 720 };
const LONG = 'Die außerordentlich lange Bezeichnung einer Landesbehörde für Angelegenheiten der Informationssicherheit und des Datenschutzes';

/** Providers as people have them: long names, names from right to left, keys that are weak, end soon, and are rotated. */
function furnished() {
  const key = (kid, given) => ({ kid, chain: [makeKey(kid, given).certificate] });
  const saml = (name, alias, trusted_keys) => ({
    name, alias, trusted_keys,
    protocol: { type: 'saml', entity_id: `https://${alias}.example`, single_sign_on: { location: `https://${alias}.example/sso`, binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' } },
  });
  return {
    version: 1,
    trusted_keys: [key('soon', { days: 21 }), key('weak', { bits: 1024, days: 400 }), key('good', { days: 700 })],
    providers: [
      saml('Acme Corporation', 'acme', ['soon', 'good']),
      { ...saml(LONG, 'behoerde', ['weak']), state: 'inactive' },
      saml('ספק הזהויות של האוניברסיטה', 'university', ['good']),
      { name: 'Contoso', alias: 'contoso', protocol: { type: 'open_id_connect', issuer: 'https://login.contoso.example', authorization_endpoint: 'https://login.contoso.example/authorize', token_endpoint: 'https://login.contoso.example/token', jwks_uri: 'https://login.contoso.example/keys', client: { id: 'contoso-admin', scopes: ['openid', 'profile', 'email'] } } },
      { name: 'Sign in with Google', alias: 'google', protocol: { type: 'social', service: 'google', client: { id: 'console', scopes: ['openid', 'email'] } } },
    ],
    users: [{ login: 'ada@example.com' }, { login: 'grace@example.com' }],
    links: [{ provider: 'acme', user: 'ada@example.com', external_id: 'ada' }, { provider: 'acme', user: 'grace@example.com', external_id: 'g.hopper' }],
  };
}

describe('the look of the console', { skip: noBrowser }, () => {
  const here = inChromium();

  /** A page with a store in memory, that holds so many providers. */
  async function shown(t, { count, language = 'en', context: given }) {
    const context = await here.browser.newContext({ viewport: SIZE, reducedMotion: 'reduce', ...given });
    t.after(() => context.close());
    const page = await watched(context);
    await page.goto(`${here.server.url}/test/support/console.html`);
    const document = furnished();
    document.providers.push(...providers(Math.max(0, count - document.providers.length)).providers);
    const ids = await page.evaluate(
      async ([document, language]) => {
        const [{ mount }, { open }] = await Promise.all(['console', 'index'].map((name) => import(`/dist/${name}.js`)));
        globalThis.store = await open({ keys: 'fixture' });
        await store.import(document);
        for (const [alias, years] of [['acme', 1], ['university', 2]]) {
          const { kid } = await store.rotation.prepare({ owners: [alias], key: 'EC-P-256', years });
          await store.rotation.promote({ kid, owners: [alias] });
        }
        await store.rotation.prepare({ owners: ['acme'], key: 'EC-P-256', years: 3 });
        await store.providers.deactivate('google');
        await store.okta.listIdentityProviders().then(({ items }) => items);
        mount(window.document.querySelector('#console'), store, { language });
        return Object.fromEntries(await Promise.all(['acme', 'contoso'].map(async (alias) => [alias, (await store.providers.get(alias)).id])));
      },
      [document, language],
    );
    return { page, ids };
  }

  const screens = ({ acme }) => ({
    providers: 'providers',
    provider: `provider/${acme}`,
    rotation: `rotation/${acme}`,
    new: 'new',
    certificates: 'certificates',
    log: 'log',
    move: 'moving',
    file: 'file',
    past: 'providers?as_of=1',
  });

  /** The innermost element that is wider than the window, to find out why. */
  const wide = () => {
    const all = [...document.querySelector('#console').shadowRoot.querySelectorAll('*')];
    return all.filter((one) => one.getBoundingClientRect().right > innerWidth).at(-1)?.outerHTML.slice(0, 200);
  };

  async function goTo(page, hash) {
    await page.evaluate((hash) => void (location.hash = `#/${hash}`), hash);
    await page.getByText(/^(Loading|Wird geladen) …$/).waitFor({ state: 'detached' });
    // Answers come one after the other; a picture is of the last.
    await page.waitForTimeout(process.env.UPDATE ? 700 : 200);
  }

  for (const count of [5, 10_000]) {
    test(`every screen can be used by everyone, light and dark, with ${count} providers`, async (t) => {
      const { page, ids } = await shown(t, { count });
      if (process.env.UPDATE) mkdirSync(PICTURES, { recursive: true });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        for (const [name, hash] of Object.entries(screens(ids))) {
          await goTo(page, hash);
          await usableByEveryone(page, name);
          if (process.env.UPDATE) await page.screenshot({ path: `${PICTURES}${name}-${count}-${colorScheme}.png` });
        }
      }
      assert.deepEqual(page.errors, []);
    });
  }

  for (const width of [360, 800, 3840]) {
    test(`nothing is cut off at a width of ${width} pixels`, async (t) => {
      const { page, ids } = await shown(t, { count: 5, language: 'de', context: { viewport: { width, height: 800 } } });
      for (const [name, hash] of Object.entries(screens(ids))) {
        await goTo(page, hash);
        const { inner, whole } = await page.evaluate(() => ({ inner: innerWidth, whole: document.documentElement.scrollWidth }));
        assert.ok(whole <= inner, `${name}: ${whole} of ${inner}, by ${await page.evaluate(wide)}`);
        if (process.env.UPDATE && width === 360) await page.screenshot({ path: `${PICTURES}${name}-narrow.png` });
      }
      assert.deepEqual(page.errors, []);
    });
  }

  test('an empty store says what to do on every screen', async (t) => {
    const context = await here.browser.newContext({ viewport: SIZE });
    t.after(() => context.close());
    const page = await watched(context);
    await page.goto(`${here.server.url}/test/support/console.html`);
    await page.evaluate(async () => {
      const [{ mount }, { open }] = await Promise.all(['console', 'index'].map((name) => import(`/dist/${name}.js`)));
      mount(window.document.querySelector('#console'), await open(), { language: 'en' });
    });
    for (const name of ['providers', 'certificates', 'log', 'moving']) {
      await goTo(page, name);
      await page.locator('.empty').first().waitFor();
      await usableByEveryone(page, name);
      if (process.env.UPDATE) await page.screenshot({ path: `${PICTURES}${name}-empty.png` });
    }
    assert.deepEqual(page.errors, []);
  });
});
