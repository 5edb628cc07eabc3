// Headless Chromium, as Debian's package `chromium` has it, with pages that have the package at hand.
import { existsSync } from 'node:fs';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

import { startServer } from './server.mjs';

const { IDPSTORE_CHROMIUM, CI } = process.env;
const executablePath = IDPSTORE_CHROMIUM ?? '/usr/bin/chromium';

/** Why tests in the browser are left out, if they are: never where a browser was promised. */
export const noBrowser =
  IDPSTORE_CHROMIUM || CI === 'true' || existsSync(executablePath)
    ? false
    : `${executablePath} is not there; \`cargo xtask setup\` installs it`;

/** A browser whose pages look nothing up outside of this machine. */
export function startBrowser(more = []) {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/** A server of the package and a browser, `server` and `browser`, as long as the tests of a suite run. */
export function inChromium() {
  const here = {};
  before(async () => {
    here.server = await startServer();
    here.browser = await startBrowser();
  });
  after(async () => {
    await here.browser?.close();
    here.server?.close();
  });
  return here;
}

/** A page of the server on which `open`, `openInWorker` and the tests' helpers are there. */
export async function openPage(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await prepare(page);
  return page;
}

/** Puts the package on a page; to be repeated when the page was loaded anew. */
export async function prepare(page) {
  await page.evaluate(async () => {
    const helpers = ['scenario', 'documents', 'pauses'].map((name) => `test/support/${name}.mjs`);
    const modules = ['dist/index.js', 'dist/worker.js', ...helpers].map((path) => import(`/${path}`));
    Object.assign(globalThis, ...(await Promise.all(modules)));
  });
}
