// Tabs that share a store, in Chromium: one owns the file, and the others go through it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';

import { open } from 'idpstore';
import { noBrowser, openPage, startBrowser } from './support/browser.mjs';
import { log, names } from './support/documents.mjs';
import { withMemoryOf } from './support/modules.mjs';
import { startServer } from './support/server.mjs';
import { freeze, KILLS, openTab, ownerOf } from './support/tabs.mjs';

/** How often the owner is killed: `cargo xtask soak` does it more often than an ordinary run. */
const TIMES = 3 * Number(process.env.IDPSTORE_TEST_TIMES ?? 1);
const WRITERS = 3;

const STUCK = '/test/support/stuck-worker.mjs';
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('tabs', { skip: noBrowser }, () => {
  let server;
  let browser;
  let context;
  let count = 0;
  const file = () => `${(count += 1)}.redb`;
  const tab = (path, script) => openTab(context, server.url, path, script);
  const create = (tab, name) => tab.evaluate((name) => store.okta.createIdentityProvider(oidc(name)).then(() => 'created', ({ code }) => code), name);
  const listed = (tab) =>
    tab.evaluate(async () => {
      const found = [];
      for await (const { name } of store.providers.list({ limit: 200 })) found.push(name);
      return found;
    });

  before(async () => {
    server = await startServer();
    browser = await startBrowser();
    context = await browser.newContext();
  });
  afterEach(() => Promise.all(context.pages().map((page) => page.close())));
  after(async () => {
    await browser?.close();
    server?.close();
  });

  test('all read and write one store, and are told what the others change', async () => {
    const path = file();
    const tabs = [await tab(path), await tab(`/${path}`), await tab(path)];
    for (const one of tabs) {
      await one.evaluate(async () => {
        globalThis.told = [];
        await store.subscribe(({ kind, number }) => told.push(`${kind} ${number}`));
      });
    }
    for (const [number, one] of tabs.entries()) assert.equal(await create(one, `Number ${number}`), 'created');
    for (const one of tabs) {
      assert.deepEqual(await listed(one), ['Number 0', 'Number 1', 'Number 2']);
      await one.waitForFunction(() => told.length === 3);
    }
    const told = await Promise.all(tabs.map((one) => one.evaluate(() => told)));
    assert.deepEqual(told[1], told[0]);
    assert.deepEqual(told[2], told[0]);
    const refusal = await tabs[1].evaluate(() => store.okta.getIdentityProvider('none').catch(({ code, response }) => [code, response.status]));
    assert.deepEqual(refusal, ['ERR_RESPONSE', 404]);
    const took = await tabs[2].evaluate(async () => {
      const start = performance.now();
      for (let turn = 0; turn < 100; turn += 1) await store.okta.listIdentityProviders({ limit: 1 });
      return performance.now() - start;
    });
    console.log(`figures: a call that goes through another tab takes ${(took / 100).toFixed(2)} ms`);
  });

  test('a store that a worker of the page opens itself is shared, too', async () => {
    const path = file();
    const one = await tab(path);
    const told = await one.evaluate(async (path) => {
      const own = new Worker('/test/support/own-worker.mjs', { type: 'module' });
      const answer = () => new Promise((resolve) => own.addEventListener('message', ({ data }) => resolve(data), { once: true }));
      own.postMessage(path);
      const made = await answer();
      await store.close();
      own.postMessage('again');
      return [made, await answer()];
    }, path);
    assert.deepEqual(told, ['From a worker', 'From a worker']);
    await one.close();
  });

  test('an owner whose store crashes gives the file to the next', async () => {
    const path = file();
    const owner = await openPage(context, server.url);
    await owner.evaluate(
      async ([persist, base64]) => {
        const wasm = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        globalThis.store = await openInWorker({ persist, wasm });
      },
      [path, withMemoryOf(6 * 2 ** 20).toString('base64')],
    );
    const other = await tab(path);
    assert.equal(await create(other, 'One'), 'created');
    const codes = await other.evaluate(async () => {
      const document = oidc('Large');
      document.policy.note = 'x'.repeat(2 ** 18);
      const codes = [];
      for (let turn = 0; turn < 100 && codes.at(-1) !== 'ERR_CRASHED'; turn += 1) {
        codes.push(await store.okta.createIdentityProvider({ ...document, name: `Large ${turn}` }).then(() => 'created', ({ code }) => code));
      }
      return codes;
    });
    assert.equal(codes.at(-1), 'ERR_CRASHED');
    assert.equal(await create(other, 'Two'), 'created');
    assert.equal(await create(owner, 'Three'), 'ERR_CRASHED');
  });

  test('when the owner closes its store, another goes on, and no call fails', async () => {
    const path = file();
    const tabs = [await tab(path), await tab(path), await tab(path)];
    assert.equal(await ownerOf(tabs, path), tabs[0]);
    const writing = tabs.slice(1).map((one, number) =>
      one.evaluate(async (number) => {
        const answered = [];
        for (let turn = 0; turn < 60; turn += 1) answered.push((await store.okta.createIdentityProvider(oidc(`${number}-${turn}`))).name);
        return answered;
      }, number),
    );
    await pause(100);
    await tabs[0].evaluate(() => store.close());
    const answered = (await Promise.all(writing)).flat();
    assert.deepEqual((await listed(tabs[1])).sort(), answered.sort());
    assert.notEqual(await ownerOf(tabs.slice(1), path), tabs[0]);
  });

  for (const [how, end, outcome] of [
    ['closes its store passes on', (owner) => owner.evaluate(() => store.close()), 'rotated'],
    ['ends cannot say what became of', (owner) => owner.close(), 'ERR_INTERRUPTED'],
    ['is frozen cannot say what became of', (owner) => freeze(browser, owner), 'ERR_INTERRUPTED'],
  ]) {
    test(`an owner that ${how} a call that waits for its key`, async () => {
      const path = file();
      const owner = await openPage(context, server.url);
      await owner.evaluate(async (persist) => {
        globalThis.asked = false;
        const keys = () => {
          asked = true;
          return new Promise(() => {});
        };
        globalThis.store = await openInWorker({ persist, keys });
      }, path);
      const other = await tab(path);
      const rotated = other.evaluate(async () => {
        const { id } = await store.okta.createIdentityProvider(oidc('One'));
        return rotated(store, id).then(() => 'rotated', ({ code }) => code);
      });
      await owner.waitForFunction(() => asked);
      const goOn = await end(owner);
      assert.equal(await rotated, outcome);
      goOn?.();
      assert.deepEqual(await listed(other), ['One']);
    });
  }

  test('however the owner is killed while all write, nothing that was answered is lost or done twice', async () => {
    const path = file();
    const answered = new Set();
    const unknown = new Set();
    const failures = [];
    const takeovers = [];
    const tabs = [];
    const start = async () => {
      const one = await tab(path);
      await one.exposeFunction('note', (name, code) => {
        if (!code) answered.add(name);
        else if (code === 'ERR_INTERRUPTED') unknown.add(name);
        else failures.push(`${name}: ${code}`);
      });
      const prefix = `${(count += 1)}`;
      one.evaluate(async (prefix) => {
        globalThis.isLast = false;
        for (let number = 0; !isLast; number += 1) {
          const name = `${prefix}-${number}`;
          const code = await store.okta.createIdentityProvider(oidc(name)).then(() => undefined, ({ code, message }) => (code === 'ERR_INTERRUPTED' ? code : `${code} ${message}`));
          if (isLast && code?.startsWith('ERR_CLOSED')) break;
          await note(name, code);
          // What only reads is done again by the next owner.
          await store.providers.list({ limit: 1 }).catch(({ code, message }) => isLast || note(name, `${code}: ${message}`));
        }
        globalThis.isDone = true;
      }, prefix).catch(() => {});
      tabs.push(one);
    };
    for (let number = 0; number < WRITERS; number += 1) await start();
    for (let kill = 0; kill < TIMES && failures.length === 0; kill += 1) {
      const enough = answered.size + 5 + ((kill * 7) % 23);
      while (answered.size < enough) await pause(5);
      const owner = await ownerOf(tabs, path);
      tabs.splice(tabs.indexOf(owner), 1);
      const killed = Date.now();
      await Object.values(KILLS)[kill % 3](context, owner);
      const before = answered.size;
      while (answered.size === before) await pause(2);
      takeovers.push(Date.now() - killed);
      await owner.close();
      await start();
    }
    const last = tabs.pop();
    await Promise.all(tabs.map((one) => one.close()));
    await last.evaluate(() => void (isLast = true));
    await last.waitForFunction(() => globalThis.isDone);
    const there = await listed(last);
    assert.equal(new Set(there).size, there.length, 'none is there twice');
    const lost = [...answered].filter((name) => !there.includes(name));
    assert.deepEqual(lost, []);
    assert.deepEqual(failures, []);
    // Two writers would have damaged the file, which is checked when it is opened.
    const node = await open({ snapshot: Uint8Array.from(await last.evaluate(async () => Array.from(new Uint8Array(await (await store.file.export()).arrayBuffer())))) });
    const numbers = [];
    for (let after = 0, items; (items = await log(node, after)).length > 0; after = items.at(-1).number) {
      numbers.push(...items.filter(({ kind }) => kind === 'provider_created').map(({ number }) => number));
    }
    assert.ok(numbers.every((number, at) => at === 0 || number > numbers[at - 1]), 'each change has a number of its own');
    assert.equal(numbers.length, there.length);
    await node.close();
    console.log(
      `figures: ${TIMES} kills of the tab that owns the file, ${answered.size} answered writes, ${unknown.size} with an unknown outcome, and nothing was lost; ` +
        `the next answer came after ${Math.round(takeovers.reduce((sum, one) => sum + one) / TIMES)} ms on average, ${Math.max(...takeovers)} ms at most`,
    );
  });

  const stop = async (owner) => {
    await owner.evaluate(() => new BroadcastChannel('stuck').postMessage(6000));
    return async () => {};
  };
  for (const [name, script, halt] of [['stuck', STUCK, stop], ['frozen', undefined, (owner) => freeze(browser, owner)]]) {
    test(`an owner that is ${name} keeps the file, and what it did not take is not carried out later`, async () => {
      const path = file();
      const [owner, other] = [await tab(path, script), await tab(path)];
      assert.equal(await create(other, 'One'), 'created');
      const goOn = await halt(owner);
      await pause(200);
      assert.equal(await create(other, 'Two'), 'ERR_OWNER_BUSY');
      const third = await openPage(context, server.url);
      assert.equal(await third.evaluate((persist) => openInWorker({ persist }).catch(({ code }) => code), path), 'ERR_OWNER_BUSY');
      // It closes all the same.
      await other.evaluate(() => store.close());
      await goOn();
      const again = await tab(path);
      assert.deepEqual(await listed(again), ['One']);
      assert.equal(await create(again, 'Three'), 'created');
      assert.deepEqual(await listed(owner), ['One', 'Three']);
    });
  }

  test('a store that one has for itself is refused to the others', async () => {
    const path = file();
    const [one, other] = [await openPage(context, server.url), await openPage(context, server.url)];
    const tried = (page, exclusive) =>
      page.evaluate(
        async ([path, exclusive]) => {
          const { code } = await openInWorker({ persist: { path, exclusive } }).then((store) => Object.assign(globalThis, { store }), (error) => error);
          return code;
        },
        [path, exclusive],
      );
    assert.equal(await tried(one, true), undefined);
    assert.deepEqual([await tried(other, true), await tried(other, false)], ['ERR_LOCKED', 'ERR_LOCKED']);
    await one.evaluate(() => store.close());
    assert.deepEqual([await tried(other, false), await tried(one, true)], [undefined, 'ERR_LOCKED']);
  });

  test('a snapshot that the owner kept goes with it', async () => {
    const path = file();
    const tabs = [await tab(path), await tab(path)];
    await create(tabs[1], 'One');
    const before = await tabs[1].evaluate(async () => {
      globalThis.snapshot = await store.snapshot();
      await store.okta.createIdentityProvider(oidc('Two'));
      await store.restore(snapshot);
      return names(store);
    });
    assert.deepEqual(before, ['One']);
    await tabs[0].close();
    const gone = await tabs[1].evaluate(() => store.restore(snapshot).catch(({ code, message }) => [code, message]));
    assert.equal(gone[0], 'ERR_SNAPSHOT');
    assert.match(gone[1], /has gone/);
    assert.deepEqual(await listed(tabs[1]), ['One']);
  });

  test('the functions of the tab that owns the file are called, also for the others', async () => {
    const path = file();
    const [owner, other] = [await openPage(context, server.url), await openPage(context, server.url)];
    for (const [page, year] of [[owner, 2030], [other, 2040]]) {
      await page.evaluate(
        async ([persist, year]) => {
          globalThis.time = Date.UTC(year, 0, 1);
          globalThis.store = await openInWorker({ persist, now: () => time });
        },
        [path, year],
      );
    }
    await owner.evaluate(() => void (time += 1000));
    const created = await other.evaluate(async () => (await store.okta.createIdentityProvider(oidc('One'))).created);
    assert.equal(created, '2030-01-01T00:00:01.000Z');
    await owner.evaluate(() => store.close());
    const later = await other.evaluate(async () => (await store.okta.createIdentityProvider(oidc('Two'))).created);
    assert.equal(later, '2040-01-01T00:00:00.000Z');
  });

  test('`close` ends, and calls in flight fail, whatever the worker does', async () => {
    const path = file();
    const told = {};
    const stuck = await tab(path, STUCK);
    told.stuck = await stuck.evaluate(async () => {
      new BroadcastChannel('stuck').postMessage(60_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const call = store.okta.listIdentityProviders().catch(({ code }) => code);
      await store.close();
      return [await call, await store.okta.listIdentityProviders().catch(({ code }) => code)];
    });
    const ended = await tab(path, STUCK);
    told.ended = await ended.evaluate(async () => {
      new BroadcastChannel('stuck').postMessage(60_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const call = store.okta.listIdentityProviders().catch(({ code }) => code);
      worker.terminate();
      const codes = [await call, await store.okta.listIdentityProviders().catch(({ code }) => code)];
      await store.close();
      return codes;
    });
    assert.deepEqual(told, { stuck: ['ERR_CLOSED', 'ERR_CLOSED'], ended: ['ERR_INTERRUPTED', 'ERR_CLOSED'] });
  });

  test('after a failure of the storage the store is opened again in any tab', async () => {
    const path = file();
    const [owner, other] = [await tab(path), await tab(path)];
    const session = await context.newCDPSession(owner);
    const usage = await owner.evaluate(async () => (await navigator.storage.estimate()).usage);
    await session.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize: usage + 2 ** 19 });
    const refused = await other.evaluate(async () => {
      globalThis.answered = 0;
      for (;;) {
        const error = await store.okta.createIdentityProvider(oidc(`Number ${answered}`)).then(() => undefined, (error) => error);
        if (error) return [error.code, error.message];
        answered += 1;
      }
    });
    assert.equal(refused[0], 'ERR_STORAGE');
    assert.match(refused[1], /no more space.*open it again/);
    await session.send('Storage.overrideQuotaForOrigin', { origin: server.url });
    assert.equal(await create(owner, 'More'), 'ERR_STORAGE');
    const there = await other.evaluate(async (persist) => {
      await store.close();
      globalThis.store = await openInWorker({ persist });
      await store.okta.createIdentityProvider(oidc('More'));
      const found = [];
      for await (const { name } of store.providers.list({ limit: 200 })) found.push(name);
      return found.length - 1 - answered;
    }, path);
    assert.ok(there === 0 || there === 1, `${there} more than were answered`);
    assert.equal(await create(owner, 'Still more'), 'created');
  });

  test('a store whose file the browser has removed says so, and a new one can be opened', async () => {
    const path = file();
    const own = await browser.newContext();
    const page = await openTab(own, server.url, path);
    await create(page, 'One');
    const session = await own.newCDPSession(page);
    await session.send('Storage.clearDataForOrigin', { origin: server.url, storageTypes: 'all' });
    const refused = await page.evaluate(() => store.okta.createIdentityProvider(oidc('Two')).catch(({ code, message }) => [code, message]));
    assert.equal(refused[0], 'ERR_STORAGE');
    assert.match(refused[1], /has removed the file/);
    const there = await page.evaluate(async (persist) => {
      await store.close();
      return names(await openInWorker({ persist }));
    }, path);
    assert.deepEqual(there, []);
    await own.close();
  });

  test('the browser is requested not to remove files, once', async () => {
    const page = await openPage(context, server.url);
    const requested = await page.evaluate(async (persist) => {
      const requested = [];
      let isPersisted = false;
      navigator.storage.persisted = async () => isPersisted;
      navigator.storage.persist = async () => {
        requested.push('persist');
        isPersisted = true;
        return true;
      };
      for (const options of [{ seed: 1 }, { persist }, { persist }]) {
        requested.push('open');
        const store = await openInWorker(options);
        await new Promise((resolve) => setTimeout(resolve));
        await store.close();
      }
      return requested;
    }, file());
    assert.deepEqual(requested, ['open', 'open', 'persist', 'open']);
  });

  test('a window without files is told so', async () => {
    const page = await openPage(context, server.url);
    const refused = await page.evaluate(() => {
      const worker = new Worker('/test/support/private-worker.mjs', { type: 'module' });
      return openInWorker({ persist: 'private.redb', worker }).catch(({ code, message, cause }) => [code, message, cause.name]);
    });
    assert.equal(refused[0], 'ERR_UNSUPPORTED');
    assert.match(refused[1], /private window/);
    assert.equal(refused[2], 'SecurityError');
  });

  test('the store is a file that can be saved, and read in by other tabs and by Node', async () => {
    const path = file();
    const [owner, other] = [await tab(path), await tab(path)];
    await create(owner, 'One');
    const bytes = await other.evaluate(async () => {
      globalThis.kept = await store.file.export();
      await store.okta.createIdentityProvider(oidc('Two'));
      await store.file.import(kept);
      return Array.from(new Uint8Array(await kept.arrayBuffer()));
    });
    assert.deepEqual([await listed(owner), await listed(other)], [['One'], ['One']]);
    const refused = await other.evaluate(() => Promise.all([store.file.import(new Blob(['a letter'])), store.file.import('x')].map((call) => call.catch(({ code }) => code))));
    assert.deepEqual(refused, ['ERR_CORRUPT', 'ERR_OPTIONS']);
    const node = await open({ seed: 1 });
    await node.file.import(new Blob([Uint8Array.from(bytes)]));
    assert.deepEqual(await names(node), ['One']);
    await node.file.import(await node.file.export());
    assert.deepEqual(await names(node), ['One']);
    await assert.rejects(node.file.save(), { code: 'ERR_UNSUPPORTED' });
    await node.close();
  });

  test('a page saves the file by a dialog, or as a download', async () => {
    const page = await openPage(context, server.url);
    const downloading = page.waitForEvent('download');
    const saved = await page.evaluate(async () => {
      globalThis.store = await openInWorker({ seed: 1 });
      await store.okta.createIdentityProvider(oidc('One'));
      globalThis.showSaveFilePicker = undefined;
      return store.file.save({ suggestedName: 'mine.redb' });
    });
    const download = await downloading;
    assert.deepEqual([saved, download.suggestedFilename()], [true, 'mine.redb']);
    const directory = mkdtempSync(join(tmpdir(), 'idpstore-'));
    const path = join(directory, 'mine.redb');
    await download.saveAs(path);
    const node = await open({ persist: path });
    assert.deepEqual(await names(node), ['One']);
    await node.close();
    rmSync(directory, { recursive: true });
    const chosen = await page.evaluate(async () => {
      let size = 0;
      const handle = { createWritable: async () => ({ write: async (blob) => void (size = blob.size), close: async () => {} }) };
      const codes = [];
      for (const picker of [
        async ({ suggestedName }) => (suggestedName === 'idpstore.redb' ? handle : undefined),
        () => Promise.reject(new DOMException('The user aborted a request.', 'AbortError')),
        () => Promise.reject(new DOMException('no gesture', 'SecurityError')),
      ]) {
        globalThis.showSaveFilePicker = picker;
        codes.push(await store.file.save().catch(({ code }) => code));
      }
      return [size === (await store.file.export()).size, ...codes];
    });
    assert.deepEqual(chosen, [true, true, false, 'ERR_STORAGE']);
  });
});
