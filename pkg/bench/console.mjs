// How soon the console is usable, answers while one types, and follows another tab; and what Lighthouse thinks of it.
// The installed app, with everything in the browser's caches. `node console.mjs [runs]`
import { startBrowser } from '../test/support/browser.mjs';
import { providers } from '../test/support/console.mjs';
import { startServer } from '../test/support/server.mjs';
import lighthouse from 'lighthouse';

const RUNS = Number(process.argv[2] ?? 9);
const PORT = 9333;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const range = (numbers) => `${median(numbers).toFixed(0)} ms (${Math.min(...numbers).toFixed(0)} to ${Math.max(...numbers).toFixed(0)})`;

/** Notes when the first row is there. */
const watch = () => {
  const look = () => {
    if (document.querySelector('#console')?.shadowRoot?.querySelector('.row')) globalThis.shown = performance.now();
    else requestAnimationFrame(look);
  };
  look();
};

/** Fills the file of the app, from a page beside it. */
async function fill(context, url, count) {
  const page = await context.newPage();
  await page.goto(`${url}/test/support/console.html`);
  await page.evaluate(async (document) => {
    const { openInWorker } = await import('/dist/worker.js');
    const store = await openInWorker({ persist: 'idps.redb' });
    await store.import(document, { prune: true });
    await store.close();
  }, providers(count));
  await page.close();
}

async function usable(context, url) {
  const taken = [];
  // The first three fill the caches: Chromium keeps the code of a module that it has seen twice.
  for (let turn = -3; turn < RUNS; turn += 1) {
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto(`${url}/dist/app/`);
    await page.waitForFunction(() => globalThis.shown);
    if (turn >= 0) taken.push(await page.evaluate(() => shown));
    await page.close();
  }
  return taken;
}

/** From a key to the picture with what was found. */
async function typing(page) {
  await page.getByRole('grid').waitFor();
  return page.evaluate(async (runs) => {
    const root = document.querySelector('#console').shadowRoot;
    const [input, count] = [root.querySelector('input[type=search]'), () => root.querySelector('.count').textContent];
    const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const taken = [];
    for (let run = 0; run < runs; run += 1) {
      for (const text of ['0', '00', '007', '0077', '']) {
        const before = count();
        const start = performance.now();
        input.value = text;
        input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
        do await painted();
        while (count() === before && performance.now() - start < 1000 && text !== '0' && text !== '00');
        taken.push(performance.now() - start);
      }
    }
    return taken;
  }, RUNS);
}

/** From a click in one tab to the picture in another. */
async function otherTab(one, other) {
  const taken = [];
  for (let run = 0; run < RUNS; run += 1) {
    const seen = other.evaluate(async () => {
      const state = () => document.querySelector('#console').shadowRoot.querySelector('.row .switch').getAttribute('aria-checked');
      const before = state();
      while (state() === before) await new Promise(requestAnimationFrame);
      return performance.timeOrigin + performance.now();
    });
    const start = await one.evaluate(() => {
      document.querySelector('#console').shadowRoot.querySelector('.row .switch').click();
      return performance.timeOrigin + performance.now();
    });
    taken.push((await seen) - start);
  }
  return taken;
}

async function judged(url) {
  const results = [];
  for (let run = 0; run < 5; run += 1) {
    const { lhr } = await lighthouse(`${url}/dist/app/`, { port: PORT, onlyCategories: CATEGORIES, logLevel: 'error' });
    results.push(CATEGORIES.map((name) => 100 * lhr.categories[name].score));
  }
  return CATEGORIES.map((name, at) => `${name} ${median(results.map((scores) => scores[at]))}`).join(', ');
}

const server = await startServer();
const browser = await startBrowser([`--remote-debugging-port=${PORT}`]);
for (const count of [100, 10_000]) {
  const context = await browser.newContext();
  await fill(context, server.url, count);
  console.log(`${count} providers, from navigation to the list: ${range(await usable(context, server.url))}`);
  const page = await context.newPage();
  await page.goto(`${server.url}/dist/app/`);
  console.log(`${count} providers, a letter in the search: ${range(await typing(page))}`);
  const other = await context.newPage();
  await other.goto(`${server.url}/dist/app/`);
  await other.getByRole('grid').waitFor();
  console.log(`${count} providers, another tab: ${range(await otherTab(page, other))}`);
  await context.close();
}
console.log(`Lighthouse: ${await judged(server.url)}`);
await browser.close();
server.close();
