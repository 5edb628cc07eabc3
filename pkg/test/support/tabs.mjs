// Tabs that share a store, in Chromium.
import { openPage } from './browser.mjs';

/** Opens a tab, and in it the store in this file; `script` is the worker's. Its options come after `persist`. */
export async function openTab(context, url, path, script = '/dist/worker-main.js') {
  const tab = await openPage(context, url);
  await tab.evaluate(
    async ([persist, script]) => {
      globalThis.worker = new Worker(script, { type: 'module' });
      worker.addEventListener('message', ({ data }) => {
        if (data.alive) globalThis.alive = data.alive;
      });
      globalThis.store = await openInWorker({ persist, worker });
    },
    [path, script],
  );
  return tab;
}

/** The tab that owns the file, once there is one. */
export async function ownerOf(tabs, path) {
  for (;;) {
    for (const tab of tabs) if (await owns(tab, path)) return tab;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether the worker of a tab holds the lock of the file. */
function owns(tab, path) {
  return tab.evaluate(async (path) => {
    const { held } = await navigator.locks.query();
    const holder = (name) => held.find((lock) => lock.name === name)?.clientId;
    return holder(alive) !== undefined && holder(alive) === holder(`idpstore:${path}`);
  }, path);
}

/** The ways in which a tab can lose its store, from the outside. */
export const KILLS = {
  async crash(context, tab) {
    const session = await context.newCDPSession(tab);
    const crashed = new Promise((resolve) => tab.once('crash', resolve));
    session.send('Page.crash').catch(() => {});
    await crashed;
  },
  terminate: (_context, tab) =>
    tab.evaluate(() => {
      globalThis.isLast = true;
      worker.terminate();
    }),
  close: (_context, tab) => tab.close(),
};

/**
 * Stops the process of a tab, as a system does that saves power; returns a function that lets it go on. Which process it
 * is shows when it is stopped: the tab no longer answers.
 */
export async function freeze(browser, tab) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  for (const { id } of processInfo.filter(({ type }) => type === 'renderer')) {
    process.kill(id, 'SIGSTOP');
    const answer = tab.evaluate(() => 'answered').catch(() => {});
    if ((await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 1000))])) === undefined) {
      return () => process.kill(id, 'SIGCONT');
    }
    process.kill(id, 'SIGCONT');
  }
  throw new Error('the process of the tab was not found');
}
