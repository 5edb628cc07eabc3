// Every file that the documentation of the package shows is run, as a user would run it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { inChromium, noBrowser } from './support/browser.mjs';
import { filesOf } from './support/pages.mjs';
import { pkg, run } from './support/tarball.mjs';

const docs = fileURLToPath(new URL('../../docs/js/', import.meta.url));
const consumers = `${pkg}test/consumers/`;
const out = `${consumers}out/docs/`;
const environment = { ...process.env, NO_COLOR: '1', CHROMIUM: process.env.IDPSTORE_CHROMIUM ?? '/usr/bin/chromium' };
// Node's runner would take itself for one of the files of the one around.
delete environment.NODE_TEST_CONTEXT;

before(() => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(`${out}node_modules`, { recursive: true });
  symlinkSync(pkg, `${out}node_modules/idpstore`);
});

// What looks through the folders of the project would walk in a circle.
after(() => rmSync(`${out}node_modules`, { recursive: true, force: true }));

/** Writes the files of a page; gives their folder and their names. */
function written(page) {
  const folder = `${out}${page.split('/').at(-1).replace('.md', '')}`;
  const names = filesOf(page, folder);
  assert.ok(names.length > 0, `${page} shows no file`);
  return { folder, names };
}

const project = (tool, ...words) => (folder) => {
  writeFileSync(`${folder}/package.json`, '{}');
  return run(folder, `${consumers}node_modules/.bin/${tool}`, words, environment);
};
const nodeTest = (folder, names) => run(folder, process.execPath, ['--test', '--test-reporter=tap', ...names], environment);

for (const [page, runs, skip] of [
  [`${pkg}README.md`, project('vitest', 'run', '--root', '.')],
  [`${docs}vitest.md`, project('vitest', 'run', '--root', '.')],
  [`${docs}jest.md`, project('jest', '--rootDir', '.')],
  [`${docs}msw.md`, nodeTest],
  [`${docs}okta-sdk.md`, nodeTest],
  [`${docs}sealing.md`, nodeTest],
  [`${docs}playwright.md`, nodeTest, noBrowser],
]) {
  test(page.split('/').at(-1), { skip: skip ?? false }, async () => {
    const { folder, names } = written(page);
    const printed = await runs(folder, names);
    const [, before, after] = /Tests:? +(\d+) passed|# pass (\d+)/.exec(printed) ?? [];
    assert.ok(Number(before ?? after) > 0, printed);
  });
}

test('workers.md', async () => {
  const { folder } = written(`${docs}workers.md`);
  await run(folder, process.execPath, ['fixture.mjs'], environment);
});

describe('pages in Chromium', { skip: noBrowser }, () => {
  const here = inChromium();

  /** Bundles what a page shows, and opens it in two tabs. */
  async function opened(name, entry, html) {
    const { folder } = written(docs + name);
    await build({ entryPoints: [`${folder}/${entry}`], outdir: folder, bundle: true, format: 'esm', jsx: 'automatic', allowOverwrite: true, external: ['/dist/*'], logLevel: 'error' });
    writeFileSync(`${folder}/index.html`, html ?? readFileSync(`${folder}/index.html`));
    const context = await here.browser.newContext();
    const tabs = [await context.newPage(), await context.newPage()];
    for (const tab of tabs) await tab.goto(`${here.server.url}${folder.replace(pkg, '/')}/index.html`);
    return tabs;
  }

  test('browser.md', async () => {
    const [one, other] = await opened('browser.md', 'main.js');
    const [first, second] = [one, other].map((tab) => tab.waitForFunction(() => document.querySelector('li')?.textContent === 'A partner: active'));
    // Its listener is there once the store is open.
    while (!(await Promise.race([first.then(() => true), one.click('button').then(() => one.waitForTimeout(100))]))) await one.click('button');
    await second;
  });

  test('console.md', async () => {
    const tabs = await opened('console.md', 'main.js');
    for (const tab of tabs) await tab.getByText('There is no provider yet.').waitFor();
  });

  test('react.md', async () => {
    const [one, other] = await opened('react.md', 'app.jsx', '<!doctype html><div id="root"></div><script type="module" src="app.js"></script>');
    for (const tab of [one, other]) await tab.waitForSelector('input');
  });
});
