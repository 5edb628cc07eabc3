// A page of Chromium on another port than `idpstore serve`: what it can do there, and what it cannot.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { noBrowser, startBrowser } from './support/browser.mjs';
import { oidc } from './support/documents.mjs';
import { noProgram, serve } from './support/native.mjs';
import { startServer } from './support/server.mjs';

const headers = { 'content-type': 'application/json', authorization: 'SSWS token' };

/** All requests that a page can send: read, written and deleted, with and without a preflight. */
async function attack(page, url, id) {
  await page.reload();
  return page.evaluate(
    async ({ url, id, document, headers }) => {
      const outcomes = {};
      const attempt = async (name, path, options) => {
        outcomes[name] = await fetch(url + path, options).then(
          async (response) => (response.type === 'opaque' ? 'opaque' : [response.status, await response.text()]),
          () => 'failed',
        );
      };
      const json = { headers, body: JSON.stringify(document) };
      const plain = { body: JSON.stringify(document) };
      await attempt('okta reads', '/api/v1/idps');
      await attempt('pingone reads', '/v1/environments');
      await attempt('zitadel reads', '/admin/v1/idps/templates/1');
      await attempt('reads without cors', '/api/v1/idps', { mode: 'no-cors' });
      await attempt('okta writes', '/api/v1/idps', { method: 'POST', ...json });
      await attempt('zitadel writes without a preflight', '/admin/v1/idps/google', { method: 'POST', mode: 'no-cors', body: '{"clientId":"c","clientSecret":"s"}' });
      await attempt('okta writes without a preflight', '/api/v1/idps', { method: 'POST', mode: 'no-cors', ...plain });
      await attempt('okta deletes', `/api/v1/idps/${id}`, { method: 'DELETE', headers });
      const image = new Image();
      await new Promise((resolve) => {
        image.onload = image.onerror = resolve;
        image.src = `${url}/api/v1/idps/${id}`;
      });
      const form = Object.assign(window.document.createElement('form'), { method: 'post', action: `${url}/admin/v1/idps/google`, target: 'frame', enctype: 'text/plain' });
      const frame = Object.assign(window.document.createElement('iframe'), { name: 'frame' });
      window.document.body.append(frame, form);
      await new Promise((resolve) => {
        frame.onload = resolve;
        form.submit();
      });
      return outcomes;
    },
    { url, id, document: oidc('From the page'), headers },
  );
}

/** The names of all providers, as a program reads them. */
async function names(url) {
  return (await (await fetch(`${url}/api/v1/idps`)).json()).map(({ name }) => name);
}

describe('a page of another origin', { skip: noBrowser || noProgram }, () => {
  let pages;
  let browser;
  let page;

  before(async () => {
    pages = await startServer();
    browser = await startBrowser();
    page = await browser.newPage();
    await page.goto(pages.url);
  });
  after(async () => {
    await browser?.close();
    pages?.close();
  });

  /** Runs `idpstore serve` with one provider in it. */
  async function withServer(options, run) {
    const server = await serve(undefined, options);
    try {
      const made = await fetch(`${server.url}/api/v1/idps`, { method: 'POST', headers, body: JSON.stringify(oidc('One')) });
      assert.equal(made.status, 200);
      await run(server.url, (await made.json()).id);
    } finally {
      await server.stop();
    }
  }

  test('can neither read, write nor delete', async () => {
    await withServer([], async (url, id) => {
      const outcomes = await attack(page, url, id);
      for (const [name, outcome] of Object.entries(outcomes)) {
        assert.ok(outcome === 'failed' || outcome === 'opaque', `${name}: ${outcome}`);
      }
      assert.deepEqual(await names(url), ['One']);
      await assert.rejects(page.evaluate((url) => fetch(url), `${url.replace('127.0.0.1', 'localhost')}/api/v1/idps`));
    });
  });

  test('can use all APIs if it is allowed', async () => {
    for (const origin of [pages.url, 'any']) {
      await withServer(['--allow-origin', origin], async (url, id) => {
        const outcomes = await attack(page, url, id);
        const status = Object.fromEntries(Object.entries(outcomes).map(([name, outcome]) => [name, outcome[0]]));
        assert.equal(status['okta reads'], 200);
        assert.equal(status['pingone reads'], 200);
        assert.equal(status['zitadel reads'], 404, 'an error is read as well');
        assert.equal(status['okta writes'], 200);
        assert.equal(status['okta deletes'], 204);
        assert.deepEqual(await names(url), ['From the page', 'Google'], 'what needs no preflight is written as well');
        const told = await page.evaluate(
          async ({ url, headers }) => {
            const ask = async (path, options) => {
              const response = await fetch(url + path, { headers, credentials: 'include', ...options });
              return { status: response.status, body: await response.json(), link: response.headers.get('link') };
            };
            const body = JSON.stringify({ name: 'Google', clientId: 'c', clientSecret: 's' });
            const made = await ask('/admin/v1/idps/google', { method: 'POST', body });
            const { body: list } = await ask('/v1/environments');
            const [{ id }] = list._embedded.environments;
            const { body: providers } = await ask(`/v1/environments/${id}/identityProviders`);
            const { link } = await ask('/api/v1/idps?limit=1');
            return { made: made.status, providers: providers._embedded.identityProviders.length, link };
          },
          { url, headers },
        );
        assert.equal(told.made, 200);
        assert.ok(told.providers >= 2, `${told.providers} providers`);
        assert.match(told.link, /rel="next"/, 'headers are read as well');
      });
    }
  });

  test('is still another page if a page beside it is allowed', async () => {
    await withServer(['--allow-origin', 'http://localhost:1'], async (url, id) => {
      const outcomes = await attack(page, url, id);
      for (const [name, outcome] of Object.entries(outcomes)) {
        assert.ok(outcome === 'failed' || outcome === 'opaque', `${name}: ${outcome}`);
      }
      assert.deepEqual(await names(url), ['One']);
    });
  });
});
