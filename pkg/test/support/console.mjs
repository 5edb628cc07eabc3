// The console in a page of the browser's tests.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rows of the list. */
export const rows = (page) => page.getByRole('grid').getByRole('row');

/** A page that notes its errors, what its content security policy blocked, and where its requests went. */
export async function watched(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  Object.assign(page, { errors: [], origins: new Set() });
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && page.errors.push(message.text()));
  page.on('request', (request) => /^https?:/.test(request.url()) && page.origins.add(new URL(request.url()).origin));
  return page;
}

/** Shows, in a page of the tests' own server, the console of a store that the page opens, or of the one that a server has. */
export async function mounted(page, { origin, url, path = 'console.redb', fill, language = 'en', hash = '' }) {
  await page.goto(`${origin}/test/support/console.html${hash}`);
  await page.evaluate(
    async ([url, persist, document, language]) => {
      const [{ mount }, { openInWorker }, { connect }] = await Promise.all(['console', 'worker', 'connect'].map((name) => import(`/dist/${name}.js`)));
      globalThis.store = url ? connect(url, { every: 50 }) : await openInWorker({ persist });
      if (document) await store.import(document);
      globalThis.unmount = mount(window.document.querySelector('#console'), store, { language });
    },
    [url, path, fill, language],
  );
}

/** So many providers, with names that sort in their order. */
export function providers(count) {
  return {
    version: 1,
    providers: Array.from({ length: count }, (_, at) => ({
      name: `Partner ${String(at).padStart(5, '0')}`,
      alias: `partner-${at}`,
      protocol: { type: 'open_id_connect', issuer: `https://partner-${at}.example` },
    })),
  };
}

/** What was saved by a click, as a text. */
export async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

/** Clicks a button whose plan is shown first, and then the one that carries it out. */
export async function planned(within, name) {
  await within.getByRole('button', { name, exact: true }).click();
  await within.getByRole('button', { name: `Confirm: ${name}` }).click();
}

/** Hands a text to an input of files as a file. */
export function file(name, text, mimeType = 'application/json') {
  return { name, mimeType, buffer: Buffer.from(text) };
}

/** Fails if axe-core finds anything that keeps someone from using the page. */
export async function usableByEveryone(page, screen) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [screen, id, nodes.map(({ html }) => html)]), []);
}

/** How the tests of a suite show the console of a store of its own in the browser that runs `here`. */
export function consoles(here) {
  return {
    /** A page with the console, which ends with the test. */
    async shown(t, given = {}) {
      const context = await here.browser.newContext({ acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'], ...given.context });
      t.after(() => context.close());
      const page = await watched(context);
      await mounted(page, { origin: here.server.url, ...given });
      return page;
    },
    /** Fails if anything went wrong in the page, or left it. */
    wasWell(page) {
      assert.deepEqual(page.errors, []);
      assert.deepEqual([...page.origins], [here.server.url]);
    },
  };
}
