// How soon a page has its first store: from the click that asks for it, with everything in the browser's cache.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

import { noBrowser, startBrowser } from '../test/support/browser.mjs';

const dist = new URL('../dist/', import.meta.url);
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const PAGE = `<!doctype html><link rel="icon" href="data:,"><button>Open</button><script type="module">
  document.querySelector('button').onclick = async ({ timeStamp }) => {
    const { entry, call } = Object.fromEntries(new URLSearchParams(location.search));
    const store = await (await import('/' + entry))[call]({ baseUrl: 'https://example.okta.com' });
    await (await store.fetch('/api/v1/idps')).json();
    globalThis.taken = performance.now() - timeStamp;
  };
</script>`;

/** The median for an entry and a call, in milliseconds; nothing without a browser. */
export async function click(entry, call) {
  if (noBrowser) return undefined;
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname.slice(1);
    const type = TYPES[extname(path)] ?? 'text/html';
    response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=600' }).end(path === '' ? PAGE : readFileSync(new URL(path, dist)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await startBrowser();
  const context = await browser.newContext();
  const taken = [];
  // The first three fill the caches: Chromium keeps the code of a module that it has seen twice.
  for (let turn = -3; turn < 15; turn += 1) {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/?entry=${entry}&call=${call}`);
    await page.click('button');
    await page.waitForFunction(() => globalThis.taken);
    if (turn >= 0) taken.push(await page.evaluate(() => taken));
    await page.close();
  }
  await browser.close();
  server.close();
  return taken.toSorted((a, b) => a - b)[7];
}
