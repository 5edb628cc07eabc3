// Sealed stores in Chromium: files of the browser, keys that it keeps, passkeys, and tabs that share a store.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { inChromium, noBrowser, openPage, prepare } from './support/browser.mjs';

const PLANTED = 'planted-5f1d';

describe('Chromium', { skip: noBrowser }, () => {
  const here = inChromium();

  /** Puts what the tests need on a page. */
  async function prepared(page) {
    await page.evaluate(async (planted) => {
      Object.assign(globalThis, await import('/dist/seal.js'));
      const document = oidc('Planted');
      document.protocol.credentials.client.client_secret = planted;
      globalThis.plant = (store) => store.okta.createIdentityProvider(document);
      globalThis.secrets = async (store) =>
        (await store.okta.listIdentityProviders()).map(({ protocol }) => protocol.credentials.client.client_secret ?? 'none');
      /** Whether what was planted is in a file of the browser, and whether there is another beside. */
      globalThis.kept = async (path) => {
        const root = await navigator.storage.getDirectory();
        const text = await (await (await root.getFileHandle(path)).getFile()).text();
        const isBeside = await root.getFileHandle(`${path}.new`).then(() => true, () => false);
        return [text.includes('Planted'), text.includes(planted), isBeside];
      };
      /** What an opening comes to. */
      globalThis.outcome = async (opening) => {
        try {
          const store = await opening;
          const found = await secrets(store);
          await store.close();
          return found;
        } catch ({ code, message }) {
          return code ?? message;
        }
      };
    }, PLANTED);
    return page;
  }

  const tab = async (context, url = here.server.url) => prepared(await openPage(context, url));

  test('a file of the browser is sealed, unsealed, and opened by its passphrase alone', async () => {
    const context = await here.browser.newContext();
    const page = await tab(context);
    const told = await page.evaluate(async () => {
      const [seal, wrong, persist] = [{ passphrase: 'correct horse' }, { passphrase: 'battery staple' }, 'sealed.redb'];
      const store = await openInWorker({ persist });
      await plant(store);
      const open = await sealStore(persist, seal).catch(({ code }) => code);
      await store.close();
      const steps = [await kept(persist)];
      const unsealed = await outcome(openInWorker({ persist, seal }));
      await sealStore(persist, seal);
      steps.push(await kept(persist));
      const outcomes = [];
      for (const given of [{ seal }, { seal: wrong }, {}, { seal }]) outcomes.push(await outcome(openInWorker({ persist, ...given })));
      const refused = await unsealStore(persist, wrong).catch(({ code }) => code);
      await unsealStore({ path: persist }, seal);
      steps.push(await kept(persist));
      const missing = await sealStore('missing.redb', seal).catch(({ code }) => code);
      return { open, unsealed, steps, outcomes, refused, missing, last: await outcome(openInWorker({ persist })) };
    });
    assert.deepEqual(told, {
      open: 'ERR_LOCKED',
      unsealed: 'ERR_OPTIONS',
      steps: [[true, true, false], [true, false, false], [true, true, false]],
      outcomes: [[PLANTED], 'ERR_WRONG_KEY', ['none'], [PLANTED]],
      refused: 'ERR_WRONG_KEY',
      missing: 'ERR_STORAGE',
      last: [PLANTED],
    });
    await context.close();
  });

  test('wherever sealing breaks off, the file is the old store or the new one', async () => {
    const context = await here.browser.newContext();
    const page = await tab(context);
    const told = await page.evaluate(async () => {
      const seal = { key: new Uint8Array(32).fill(7) };
      /** Seals a new file in a worker whose calls to the storage fail after so many. */
      const attempt = async (allowed) => {
        const persist = `broken-${allowed}.redb`;
        const store = await openInWorker({ persist });
        await plant(store);
        await store.close();
        const script = `
          import { sealStore } from '${location.origin}/dist/seal.js';
          let calls = 0;
          for (const [type, names] of [[FileSystemSyncAccessHandle, ['write', 'truncate', 'flush']], [FileSystemFileHandle, ['move', 'createSyncAccessHandle']]]) {
            for (const name of names) {
              const own = type.prototype[name];
              type.prototype[name] = function (...given) {
                calls += 1;
                if (calls > ${allowed}) throw new Error('broken');
                return own.apply(this, given);
              };
            }
          }
          const outcome = await sealStore('${persist}', { key: new Uint8Array(32).fill(7) }).then(() => 'done', ({ code }) => code);
          postMessage({ outcome, calls });
        `;
        const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), { type: 'module' });
        const { outcome: ended, calls } = await new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
        });
        worker.terminate();
        const [, isPlain] = await kept(persist);
        return { ended, calls, isPlain, found: await outcome(openInWorker({ persist, ...(isPlain ? {} : { seal }) })) };
      };
      const { calls, ...whole } = await attempt(1000);
      const broken = [];
      for (let allowed = 0; allowed < calls; allowed += 1) broken.push(await attempt(allowed));
      return { whole, broken };
    });
    assert.deepEqual(told.whole, { ended: 'done', isPlain: false, found: [PLANTED] });
    for (const { ended, isPlain, found } of told.broken) {
      assert.deepEqual(found, [PLANTED]);
      // What closing a store writes after its last commit may be missing.
      assert.ok(ended === 'ERR_STORAGE' || (ended === 'done' && !isPlain), `${ended}, ${isPlain}`);
    }
    assert.deepEqual(new Set(told.broken.map(({ isPlain }) => isPlain)), new Set([true, false]));
    await context.close();
  });

  test('a store in which everything is sealed shows no name, and tabs share it locked or not', async () => {
    const context = await here.browser.newContext();
    const [one, other] = [await tab(context), await tab(context)];
    const seal = { passphrase: 'correct horse' };
    await one.evaluate(async (seal) => {
      globalThis.store = await openInWorker({ persist: 'whole.redb', seal, sealEverything: true });
      await plant(store);
      await store.seal.lock();
    }, seal);
    const locked = await other.evaluate(async () => {
      globalThis.store = await openInWorker({ persist: 'whole.redb' });
      return [await store.seal.isLocked(), await secrets(store).catch(({ code }) => code)];
    });
    assert.deepEqual(locked, [true, 'ERR_RESPONSE']);
    await other.evaluate((seal) => store.seal.unlock(seal), seal);
    const shown = (page) => page.evaluate(async () => [await secrets(store), await store.file.isOwner()]);
    assert.deepEqual([await shown(one), await shown(other)], [[[PLANTED], true], [[PLANTED], false]]);
    await one.evaluate(() => store.close());
    assert.deepEqual(await shown(other), [[PLANTED], true]);
    const told = await other.evaluate(async (seal) => {
      await store.close();
      const steps = [await kept('whole.redb')];
      await unsealStore('whole.redb', seal);
      steps.push(await kept('whole.redb'));
      await sealStore('whole.redb', seal, { everything: true });
      return [...steps, await kept('whole.redb')];
    }, seal);
    assert.deepEqual(told, [[false, false, false], [true, true, false], [false, false, false]]);
    await context.close();
  });

  test('a key of WebCrypto is kept over a reload, and is another in another browser', async () => {
    const opened = (page) =>
      page.evaluate(async () => {
        const keys = await Promise.all([webCryptoKey('admin'), webCryptoKey('admin'), webCryptoKey('other')]);
        const [one, again, other] = keys.map(String);
        const store = await openInWorker({ persist: 'web.redb', seal: { key: () => webCryptoKey('admin') } });
        if ((await secrets(store)).length === 0) await plant(store);
        const found = await secrets(store);
        await store.close();
        return { one, same: one === again, differs: one !== other, length: keys[0].length, found, kept: await kept('web.redb') };
      });
    const context = await here.browser.newContext();
    const page = await tab(context);
    const first = await opened(page);
    assert.deepEqual({ ...first, one: '' }, { one: '', same: true, differs: true, length: 32, found: [PLANTED], kept: [true, false, false] });
    await page.reload();
    await prepare(page);
    assert.deepEqual(await opened(await prepared(page)), first);
    await context.close();
    const other = await here.browser.newContext();
    assert.notEqual((await opened(await tab(other))).one, first.one);
    await other.close();
  });

  test('a passkey makes a key, if its authenticator can', async () => {
    const context = await here.browser.newContext();
    // Passkeys belong to a domain, and an address is none.
    const page = await tab(context, here.server.url.replace('127.0.0.1', 'localhost'));
    const session = await context.newCDPSession(page);
    const authenticator = { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
    await session.send('WebAuthn.enable');
    const with_ = async (hasPrf, call) => {
      const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options: { ...authenticator, hasPrf } });
      const outcome = await call();
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
      return outcome;
    };
    const keys = await with_(true, () =>
      page.evaluate(async () => {
        const id = await createPasskey({ name: 'Admin' });
        const other = await createPasskey({ name: 'Other' });
        const keys = [await passkeyKey({ id }), await passkeyKey({ id }), await passkeyKey({ id: other })];
        return [...keys.map(String), keys[0].length];
      }),
    );
    assert.deepEqual([keys[0] === keys[1], keys[0] === keys[2], keys[3]], [true, false, 32]);
    const refused = await with_(false, () => page.evaluate(() => createPasskey({ name: 'Admin' }).catch(({ code, message }) => `${code} ${message}`)));
    assert.match(refused, /^ERR_UNSUPPORTED .*`prf`/);
    await context.close();
  });

  test('a store that one tab locks is locked for all, and for the next owner', async () => {
    const context = await here.browser.newContext();
    const [one, other] = [await tab(context), await tab(context)];
    for (const page of [one, other]) {
      await page.evaluate(async () => {
        globalThis.store = await openInWorker({ persist: 'shared.redb', seal: { passphrase: 'correct horse' } });
      });
    }
    const shown = (page) => page.evaluate(async () => [await secrets(store), await store.seal.isLocked(), await store.file.isOwner()]);
    await one.evaluate(() => plant(store));
    assert.deepEqual(await shown(other), [[PLANTED], false, false]);
    await other.evaluate(() => store.seal.lock());
    assert.deepEqual(await shown(one), [['none'], true, true]);
    await one.evaluate(() => store.close());
    assert.deepEqual(await shown(other), [['none'], true, true]);
    await one.evaluate(async () => {
      globalThis.store = await openInWorker({ persist: 'shared.redb' });
      await store.seal.unlock({ passphrase: 'correct horse' });
    });
    assert.deepEqual(await shown(other), [[PLANTED], false, true]);
    await other.evaluate(() => store.close());
    assert.deepEqual(await shown(one), [[PLANTED], false, true]);
    await one.evaluate(() => store.close());
    await context.close();
  });
});
