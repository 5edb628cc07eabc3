// The console as an app: from any folder, installed, and without a network.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';

import { noBrowser, startBrowser } from './support/browser.mjs';
import { kept, watch } from './support/watched.mjs';

const APP = fileURLToPath(new URL('../dist/app', import.meta.url));
const TYPES = { '.js': 'text/javascript', '.html': 'text/html', '.svg': 'image/svg+xml', '.wasm': 'application/wasm' };
const DOCUMENT = JSON.stringify({ version: 1, providers: [{ name: 'Partner', alias: 'partner', protocol: { type: 'saml', entity_id: 'urn:partner' } }] });

/** A server of static files that knows nothing of the app, with the app in a folder of it. */
async function hosted() {
  const folder = mkdtempSync(join(tmpdir(), 'idpstore-app-'));
  cpSync(APP, `${folder}/some/where`, { recursive: true });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    try {
      const path = folder + (pathname.endsWith('/') ? `${pathname}index.html` : pathname);
      const content = readFileSync(path);
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    // It may be closed already.
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { folder: `${folder}/some/where`, origin, url: `${origin}/some/where/`, close };
}

describe('the app', { skip: noBrowser }, () => {
  let browser;
  before(async () => void (browser = await startBrowser()));
  after(() => browser?.close());

  /** The app on a page that is watched, until the test ends. */
  async function started(test) {
    const host = await hosted();
    test.after(host.close);
    const context = await browser.newContext({ locale: 'en-GB' });
    const noted = await watch(context, host.origin);
    test.after(() => context.close());
    const page = await context.newPage();
    await page.goto(host.url);
    return { host, context, noted, page };
  }

  /** Waits until all is kept that is needed without a network. */
  const ready = (page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const providers = (page, name) => page.getByRole('row', { name });

  test('a provider that is made in it is there without a server', async (t) => {
    const { host, context, noted, page } = await started(t);
    await page.getByText('There is no provider yet.').waitFor();
    await page.evaluate(() => void (location.hash = '#/file'));
    await page.getByLabel('Import a document').setInputFiles({ name: 'idps.json', mimeType: 'application/json', buffer: Buffer.from(DOCUMENT) });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.evaluate(() => void (location.hash = '#/providers'));
    await providers(page, 'Partner').waitFor();
    await ready(page);
    await host.close();
    await context.setOffline(true);
    for (const path of ['', 'index.html', '?source=home']) {
      await page.goto(host.url + path);
      await providers(page, 'Partner').waitFor();
    }
    await page.reload();
    await providers(page, 'Partner').waitFor();
    assert.deepEqual(noted, []);
  });

  test('it keeps its own files and no others, and a new version in place of the old', async (t) => {
    const { host, context, page } = await started(t);
    await ready(page);
    const files = () =>
      page.evaluate(async () => {
        const [name, ...others] = await caches.keys();
        const requests = await (await caches.open(name)).keys();
        return { name, others, paths: requests.map(({ url }) => new URL(url).pathname).sort() };
      });
    const before = await files();
    const own = ['', 'app.js', 'icon-192.png', 'icon-512.png', 'icon.svg', 'manifest.webmanifest', 'wasm/idpstore_bg.wasm', 'worker-main.js'];
    assert.deepEqual([before.others, before.paths], [[], own.map((name) => `/some/where/${name}`)]);
    // Other files of its folder come from the network.
    await page.reload();
    assert.equal(await page.evaluate(async () => (await fetch('other.txt')).status), 404);
    writeFileSync(`${host.folder}/other.txt`, 'here');
    assert.equal(await page.evaluate(async () => (await fetch('other.txt')).text()), 'here');

    const script = readFileSync(`${host.folder}/offline.js`, 'utf8');
    const update = () => page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const updated = await registration.update();
      const worker = updated.installing ?? updated.waiting;
      if (!worker) return 'none';
      while (!['installed', 'activated', 'redundant'].includes(worker.state)) await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
      return worker.state;
    });
    // A file that is not of the new version: all stays as it is.
    writeFileSync(`${host.folder}/offline.js`, script.replace(before.name.split(' ').at(-1), 'next'));
    const index = readFileSync(`${host.folder}/index.html`, 'utf8');
    writeFileSync(`${host.folder}/index.html`, `${index}<!-- of another version -->`);
    assert.equal(await update(), 'redundant');
    assert.equal((await files()).paths.length, own.length);
    writeFileSync(`${host.folder}/index.html`, index);
    assert.equal(await update(), 'installed', 'it waits until the pages of the old version are closed');
    await page.goto('about:blank');
    await page.goto(host.url);
    await page.waitForFunction(async () => (await caches.keys()).every((name) => name.endsWith(' next')));
  });

  test('it can be installed', async (t) => {
    const { host, context, page } = await started(t);
    await ready(page);
    const devtools = await context.newCDPSession(page);
    const { errors, data, url } = await devtools.send('Page.getAppManifest');
    assert.deepEqual([errors, url, JSON.parse(data).display], [[], `${host.url}manifest.webmanifest`, 'standalone']);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // A window of these tests is private, where nothing is installed.
    assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), []);
    for (const { src, sizes } of JSON.parse(data).icons.filter(({ type }) => type === 'image/png')) {
      const size = await page.evaluate(async (src) => {
        const image = Object.assign(new Image(), { src });
        await image.decode();
        return `${image.naturalWidth}x${image.naturalHeight}`;
      }, src);
      assert.equal(size, sizes);
    }
    const { local, session, cookies } = await kept(page);
    assert.deepEqual([local, session, cookies], [{}, {}, []]);
  });

  test('what the browser lacks is reported on the page', async (t) => {
    const host = await hosted();
    t.after(host.close);
    const context = await browser.newContext();
    t.after(() => context.close());
    await context.addInitScript(() => delete globalThis.Worker);
    const page = await context.newPage();
    await page.goto(host.url);
    await page.getByRole('alert').getByText('there are no web workers here').waitFor();
  });
});
