// What a program in Node sees of a store in memory.
import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate } from 'node:timers';

import { accepted, IdpStoreError, open } from 'idpstore';
import { makeAuthority } from './support/authority.mjs';
import { log, names, oidc, rotated, saml, ZITADEL_SAML } from './support/documents.mjs';

const code = (expected) => (error) => error instanceof IdpStoreError && error.code === expected;

test('fetch is bound and takes what a fetch takes', async () => {
  const { fetch, close } = await open({ seed: 1, baseUrl: 'https://example.okta.com' }).then((store) => ({
    fetch: store.fetch,
    close: () => store.close(),
  }));
  const body = JSON.stringify(oidc('One'));
  const headers = { 'content-type': 'application/json' };
  const made = await fetch(new Request('https://example.okta.com/api/v1/idps', { method: 'POST', headers, body }));
  assert.equal(made.status, 200);
  assert.ok(made instanceof Response);
  for (const input of ['/api/v1/idps', 'https://example.okta.com/api/v1/idps#part', new URL('https://example.okta.com/api/v1/idps')]) {
    assert.equal((await (await fetch(input)).json())[0].name, 'One');
  }
  const twice = await fetch('/api/v1/idps', { method: 'post', headers: new Headers(headers), body: new TextEncoder().encode(body) });
  assert.equal(twice.status, 200);
  const head = await fetch('/api/v1/idps', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), '');
  const gone = await fetch(`/api/v1/idps/${(await made.json()).id}`, { method: 'DELETE' });
  assert.deepEqual([gone.status, gone.body], [204, null]);
  await assert.rejects(fetch('http://'), code('ERR_REQUEST'));
  await assert.rejects(fetch('/api/v1/idps', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal((await fetch('/no-vendor')).status, 404);
  await close();
});

test('a seed makes everything the same, byte for byte', async () => {
  const run = async (seed) => {
    const store = await open({ seed });
    const told = [];
    const provider = await store.okta.createIdentityProvider(oidc('One'));
    await rotated(store, provider.id);
    await store.okta.generateCsrForIdentityProvider(provider.id, { subject: { commonName: 'sp.example' } });
    for (const path of ['', `/${provider.id}/credentials/keys`, `/${provider.id}/credentials/csrs`, '/none']) {
      const response = await store.fetch(`/api/v1/idps${path}`);
      told.push([...response.headers], await response.text());
    }
    await store.close();
    return JSON.stringify(told);
  };
  assert.equal(await run('same'), await run('same'));
  assert.notEqual(await run('same'), await run('other'));
});

test('snapshots go back, with everything that a seed determines', async () => {
  const store = await open({ seed: 1 });
  const rest = async () => {
    const provider = await store.okta.createIdentityProvider(oidc('Two'));
    const key = await store.okta.generateIdentityProviderSigningKey(provider.id, { validityYears: 2 });
    const refusal = await store.fetch('/api/v1/idps/none');
    return JSON.stringify([provider, key, await refusal.text(), await names(store)]);
  };
  await store.okta.createIdentityProvider(oidc('One'));
  const snapshot = await store.snapshot();
  const first = await rest();
  await store.restore(snapshot);
  assert.deepEqual(await names(store), ['One']);
  // Every answer draws from the seed, that of the list, too.
  await store.restore(snapshot);
  assert.equal(await rest(), first);
  await store.reset();
  assert.deepEqual(await names(store), []);
  assert.deepEqual((await log(store)).map(({ kind }) => kind), ['restored']);
  await store.restore(snapshot);
  assert.equal(await rest(), first);
  const other = await open({ seed: 1 });
  await assert.rejects(other.restore(snapshot), code('ERR_SNAPSHOT'));
  await other.close();
  await store.close();
});

test('listeners receive changes in order, until they end', async () => {
  const store = await open({ seed: 1 });
  await store.okta.createIdentityProvider(oidc('Before'));
  const told = [];
  const end = await store.subscribe(({ number, kind, actor }) => told.push([number, kind, actor]));
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  await store.okta.deactivateIdentityProvider(id);
  await store.okta.deleteIdentityProvider(id);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(told, [
    [2, 'provider_created', 'okta'],
    [3, 'provider_deactivated', 'okta'],
    [4, 'provider_deleted', 'okta'],
  ]);
  end();
  await store.okta.createIdentityProvider(oidc('After'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(told.length, 3);
  const later = await log(store, 3);
  assert.deepEqual(later.map(({ number }) => number), [4, 5]);
  assert.match(later[0].subject, /^\d{19}$/);
  await store.close();
});

test('each listener receives changes from its own start on, and before a store goes back', async () => {
  const store = await open({ seed: 1 });
  const snapshot = await store.snapshot();
  const told = { first: [], second: [] };
  await store.subscribe(({ number }) => told.first.push(number));
  const made = [store.okta.createIdentityProvider(oidc('One')), store.okta.createIdentityProvider(oidc('Two'))];
  await Promise.all(made);
  // No listener has been called yet.
  await store.subscribe(({ number }) => told.second.push(number));
  await store.okta.createIdentityProvider(oidc('Three'));
  await store.restore(snapshot);
  assert.deepEqual(told, { first: [1, 2, 3, 4], second: [3, 4] });
  await store.okta.createIdentityProvider(oidc('Four'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  // Going back is a change, too, and no number is given twice.
  assert.deepEqual(told, { first: [1, 2, 3, 4, 5], second: [3, 4, 5] });
  await store.close();
});

test('a listener receives the key that a GET has made', async () => {
  const store = await open({ seed: 1 });
  const post = async (path, document) => {
    const body = JSON.stringify(document);
    return (await accepted(await store.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))).json();
  };
  const { x5c } = await store.okta.generateIdentityProviderSigningKey((await store.okta.createIdentityProvider(oidc('One'))).id, { validityYears: 2 });
  const { kid } = await post('/api/v1/idps/credentials/keys', { x5c });
  const { _embedded } = await (await store.fetch('/v1/environments')).json();
  await post(`/v1/environments/${_embedded.environments[0].id}/identityProviders`, {
    name: 'Partner', type: 'SAML', enabled: true, idpEntityId: 'urn:partner', ssoEndpoint: 'https://partner.example/sso',
    ssoBinding: 'HTTP_POST', idpVerification: { certificates: [{ id: kid }] },
  });
  const { subject } = (await log(store, 0)).at(-1);
  const told = [];
  await store.subscribe(({ kind }) => told.push(kind));
  assert.equal((await store.fetch(`/idps/${subject}/saml/certificate`)).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(told, ['signing_key_generated']);
  await store.close();
});

test('a signal ends the waiting for a key', async () => {
  const store = await open({ keys: () => new Promise(() => {}) });
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  const url = `http://localhost/api/v1/idps/${id}/credentials/keys/generate?validityYears=2`;
  for (const ask of [(signal) => store.fetch(url, { method: 'POST', signal }), (signal) => store.fetch(new Request(url, { method: 'POST', signal }))]) {
    const ending = new AbortController();
    const answer = ask(ending.signal);
    setTimeout(() => ending.abort(), 10);
    await assert.rejects(answer, { name: 'AbortError' });
  }
  assert.equal((await store.fetch('/api/v1/idps', { signal: new AbortController().signal })).status, 200);
  await store.close();
});

test('keys of WebCrypto certify themselves and sign requests', async () => {
  const store = await open();
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  const made = await Promise.all([store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 }), store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 })]);
  assert.notEqual(made[0].kid, made[1].kid);
  for (const key of made) {
    const certificate = new X509Certificate(Buffer.from(key.x5c[0], 'base64'));
    assert.ok(certificate.verify(certificate.publicKey));
    const { n, e } = createPublicKey({ key: { kty: 'RSA', n: key.n, e: key.e }, format: 'jwk' }).export({ format: 'jwk' });
    assert.deepEqual(certificate.publicKey.export({ format: 'jwk' }), { kty: 'RSA', n, e });
  }
  const kid = await rotated(store, id);
  assert.equal((await store.okta.getIdentityProvider(id)).protocol.credentials.signing.kid, kid);
  const csr = await store.okta.generateCsrForIdentityProvider(id, { subject: { commonName: 'sp.example' } });
  assert.deepEqual((await store.okta.listCsrsForIdentityProvider(id)).map((one) => one.id), [csr.id]);
  await store.okta.revokeCsrForIdentityProvider(id, csr.id);
  assert.deepEqual(await store.okta.listCsrsForIdentityProvider(id), []);
  await store.close();
});

test('WebCrypto signs with RSA keys, and with test keys the module does, as in every port', async () => {
  const { subtle } = globalThis.crypto;
  const own = Object.getPrototypeOf(subtle).sign;
  let signatures = 0;
  Object.defineProperty(subtle, 'sign', {
    configurable: true,
    value(...words) {
      signatures += 1;
      return own.apply(subtle, words);
    },
  });
  try {
    for (const [keys, expected] of [['webcrypto', 2], ['fixture', 0]]) {
      signatures = 0;
      const store = await open({ keys });
      const { id } = await store.okta.createIdentityProvider(oidc('One'));
      await store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 });
      const { csr } = await store.okta.generateCsrForIdentityProvider(id, { subject: { commonName: 'sp.example' } });
      assert.ok(csr);
      assert.equal(signatures, expected, keys);
      await store.close();
    }
  } finally {
    delete subtle.sign;
  }
});

test('the typed calls reach each operation on providers, keys and requests', async () => {
  const store = await open({ keys: 'fixture', baseUrl: 'https://example.okta.com' });
  const authority = makeAuthority();
  const refused = (error) => code('ERR_RESPONSE')(error) && error.response.status === 404;

  const trusted = await store.okta.createIdentityProviderKey({ x5c: [authority.certificate] });
  assert.deepEqual(trusted.x5c, [authority.certificate]);
  assert.deepEqual(await store.okta.getIdentityProviderKey(trusted.kid), trusted);
  const partner = await store.okta.createIdentityProvider(saml('Partner', trusted.kid));
  const other = await store.okta.createIdentityProvider(saml('Other', trusted.kid));
  assert.match(await store.okta.getIdentityProviderMetadata(partner.id), /<md:EntityDescriptor /);
  assert.equal((await store.okta.deactivateIdentityProvider(partner.id)).status, 'INACTIVE');
  assert.equal((await store.okta.activateIdentityProvider(partner.id)).status, 'ACTIVE');

  const request = await store.okta.generateCsrForIdentityProvider(partner.id, { subject: { commonName: 'sp.example' } });
  assert.equal((await store.okta.getCsrForIdentityProvider(partner.id, request.id)).csr, request.csr);
  const issued = authority.issue(request.csr);
  const key = await store.okta.publishCsrForIdentityProvider(partner.id, request.id, Buffer.from(issued, 'base64'));
  assert.deepEqual(key.x5c, [issued]);
  await assert.rejects(store.okta.getCsrForIdentityProvider(partner.id, request.id), refused);
  assert.deepEqual((await store.okta.getIdentityProviderSigningKey(partner.id, key.kid)).x5c, [issued]);
  assert.equal((await store.okta.cloneIdentityProviderKey(partner.id, key.kid, { targetIdpId: other.id })).kid, key.kid);
  assert.ok((await store.okta.listIdentityProviderSigningKeys(other.id)).some(({ kid }) => kid === key.kid));

  assert.deepEqual((await store.okta.replaceIdentityProviderKey(trusted.kid, { x5c: [issued] })).x5c, [issued]);
  assert.deepEqual((await store.okta.listIdentityProviderKeys()).map(({ kid }) => kid), [trusted.kid]);
  for (const { id } of [partner, other]) await store.okta.deleteIdentityProvider(id);
  await store.okta.deleteIdentityProviderKey(trusted.kid);
  await assert.rejects(store.okta.getIdentityProviderKey(trusted.kid), refused);
  await store.close();
});

test('a call that must be signed comes to its end beside others that write without pause', async () => {
  const store = await open({ baseUrl: 'https://example.okta.com', certificateKey: 'RSA-2048' });
  let isDone = false;
  const patience = Date.now() + 15_000;
  const others = (async () => {
    for (let number = 0; !isDone && Date.now() < patience; number += 1) {
      await store.okta.createIdentityProvider(oidc(`Number ${number}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const made = await store.fetch('/admin/v1/idps/saml', { method: 'POST', body: JSON.stringify(ZITADEL_SAML) });
  isDone = true;
  assert.ok(Date.now() < patience, 'it waited until all writers had ended');
  await others;
  assert.equal(made.status, 200);
  await store.close();
});

test('WebCrypto makes every kind of key that a vendor takes', async () => {
  const store = await open({ baseUrl: 'https://example.okta.com' });
  const { _embedded } = await (await store.fetch('/v1/environments')).json();
  const path = `/v1/environments/${_embedded.environments[0].id}/keys`;
  const kinds = [['EC', 256], ['EC', 384], ['EC', 521], ['RSA', 2048], ['RSA', 3072], ['RSA', 4096]];
  for (const [algorithm, keyLength] of kinds) {
    const body = JSON.stringify({
      name: `${algorithm} ${keyLength}`,
      algorithm,
      keyLength,
      signatureAlgorithm: algorithm === 'EC' ? 'SHA256withECDSA' : 'SHA256withRSA',
      subjectDN: `CN=${algorithm} ${keyLength}, OU=Ping Identity, O=Ping Identity, L=, ST=, C=US`,
      usageType: 'SIGNING',
      validityPeriod: 365,
    });
    const made = await store.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { id } = await made.json();
    assert.equal(made.status, 201);
    const pem = await store.fetch(`${path}/${id}`, { headers: { accept: 'application/x-x509-ca-cert' } });
    const certificate = new X509Certificate(await pem.text());
    // Deno's `X509Certificate` knows no signatures on P-521.
    if (!(globalThis.Deno && keyLength === 521)) assert.ok(certificate.verify(certificate.publicKey), `${algorithm} ${keyLength}`);
    const { namedCurve, modulusLength } = certificate.publicKey.asymmetricKeyDetails;
    const size = modulusLength ?? { prime256v1: 256, secp384r1: 384, secp521r1: 521 }[namedCurve];
    assert.equal(size, keyLength);
  }
  await store.close();
});

test("a service provider's key is as large as the vendor makes it, unless an option says otherwise", async () => {
  for (const [options, size] of [[{}, 4096], [{ certificateKey: 'RSA-3072' }, 3072], [{ seed: 1 }, 2048]]) {
    const store = await open({ ...options, baseUrl: 'https://example.okta.com' });
    const made = await store.fetch('/admin/v1/idps/saml', { method: 'POST', body: JSON.stringify(ZITADEL_SAML) });
    const { id } = await made.json();
    const certificate = new X509Certificate(await (await store.fetch(`/idps/${id}/saml/certificate`)).text());
    assert.equal(certificate.publicKey.asymmetricKeyDetails.modulusLength, size);
    await store.close();
  }
  await assert.rejects(open({ certificateKey: 'RSA-1' }), code('ERR_OPTIONS'));
});

test('metadata is fetched by whom the store was given, and refused without anyone', async () => {
  const url = 'https://idp.example/metadata';
  const { metadataXml, ...rest } = ZITADEL_SAML;
  const ask = async (fetcher) => {
    const store = await open({ seed: 1, ...(fetcher ? { fetcher } : {}) });
    const body = JSON.stringify({ ...rest, metadataUrl: url });
    const made = await store.fetch('/admin/v1/idps/saml', { method: 'POST', body });
    const { id } = await made.json();
    const found = id && (await (await store.fetch(`/admin/v1/idps/templates/${id}`)).json());
    const changes = (await log(store)).length;
    await store.close();
    return [made.status, found?.idp.config.saml.metadataXml, changes];
  };
  const asked = [];
  const serve = (status) => async (url) => {
    asked.push(url);
    return new Response(Buffer.from(metadataXml, 'base64'), { status });
  };
  const [status, found] = await ask(serve(200));
  assert.deepEqual([status, found], [200, metadataXml]);
  // The key that the call needs, too, does not make it fetch again.
  assert.deepEqual(asked, [url]);
  const none = await open({ seed: 1 });
  const before = (await log(none)).length;
  await none.close();
  const failing = () => Promise.reject(new Error('no network'));
  for (const fetcher of [undefined, serve(404), failing]) {
    assert.deepEqual(await ask(fetcher), [400, undefined, before]);
  }
});

test('headers that a browser keeps to itself reach the store', async () => {
  const store = await open({ seed: 1 });
  const headers = { origin: 'https://console.example', 'access-control-request-method': 'POST' };
  const answer = await store.fetch('/admin/v1/idps/google', { method: 'OPTIONS', headers });
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://console.example');
  // Bun's `Request` takes such a body.
  if (!globalThis.Bun) await assert.rejects(store.fetch('/api/v1/idps', { body: '' }), TypeError);
  await store.close();
});

test('keys may come from anywhere, and bad ones change nothing', async () => {
  let asked;
  const store = await open({
    keys: async (spec) => {
      asked = spec;
      return new Uint8Array([1, 2, 3]);
    },
  });
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  await assert.rejects(store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 }), code('ERR_KEY'));
  assert.equal(asked, 'RSA-2048');
  assert.equal((await log(store)).length, 1);
  await store.close();
  const cause = new Error('no token');
  const failing = await open({ keys: () => Promise.reject(cause) });
  const provider = await failing.okta.createIdentityProvider(oidc('One'));
  await assert.rejects(failing.okta.generateIdentityProviderSigningKey(provider.id, { validityYears: 2 }), { code: 'ERR_KEY', cause });
  await failing.close();
});

test('the pool of test keys ends with a clear word', async () => {
  const store = await open({ seed: 1 });
  const { id } = await store.okta.createIdentityProvider(oidc('One'));
  const kids = new Set();
  await assert.rejects(async () => {
    for (;;) kids.add((await store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 })).kid);
  }, code('ERR_KEY'));
  assert.equal(kids.size, 8);
  await store.close();
});

test('what is wrong has a code', async () => {
  await assert.rejects(open({ now: 'yesterday' }), code('ERR_OPTIONS'));
  await assert.rejects(open({ keys: 'none' }), code('ERR_OPTIONS'));
  for (const options of [{ seed: 1 }, { keys: 'fixture' }, { entropy: 'counted' }]) {
    await assert.rejects(open({ ...options, persist: '/nowhere/a.redb' }), code('ERR_OPTIONS'));
  }
  await assert.rejects(open({ persist: { path: '/nowhere/a.redb', exclusive: true } }), code('ERR_STORAGE'));
  const empty = [null, 'none', { seed: null }, { seed: true }, { baseUrl: 'not a url' }, { baseUrl: 'ftp://example.com' }];
  const places = [null, '', {}, new URL('https://example.com/a.redb')].map((persist) => ({ persist }));
  for (const options of [...empty, ...places]) await assert.rejects(open(options), code('ERR_OPTIONS'), JSON.stringify(options));
  const store = await open({ seed: 1 });
  await assert.rejects(store.okta.getIdentityProvider('none'), (error) => code('ERR_RESPONSE')(error) && error.response.status === 404);
  await store.close();
  await store.close();
  await assert.rejects(store.fetch('/api/v1/idps'), code('ERR_CLOSED'));
  await assert.rejects(store.snapshot(), code('ERR_CLOSED'));
});

test('a clock that fails is reported, and harms nothing', async () => {
  await assert.rejects(open({ now: () => NaN }), code('ERR_OPTIONS'));
  let now = () => 0;
  const store = await open({ now: () => now() });
  const cause = new Error('no time');
  now = () => {
    throw cause;
  };
  await assert.rejects(store.fetch('/api/v1/idps'), { code: 'ERR_OPTIONS', cause });
  now = () => 0;
  assert.equal((await store.fetch('/api/v1/idps')).status, 200);
  await store.close();
});

test('all pages are walked', async () => {
  const store = await open({ seed: 1, baseUrl: 'https://example.okta.com' });
  for (let number = 0; number < 7; number += 1) await store.okta.createIdentityProvider(oidc(`Number ${number}`));
  const all = [];
  for await (const provider of store.providers.list({ limit: 3 })) all.push(provider);
  assert.deepEqual(all.map(({ name }) => name), [0, 1, 2, 3, 4, 5, 6].map((number) => `Number ${number}`));
  await store.close();
});

test('a store closes at the end of its block', async () => {
  const store = await open({ seed: 1 });
  store[Symbol.dispose ?? Symbol.for('nodejs.dispose')]();
  await assert.rejects(store.fetch('/api/v1/idps'), code('ERR_CLOSED'));
  const other = await open({ seed: 1 });
  await other[Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]();
  await assert.rejects(other.fetch('/api/v1/idps'), code('ERR_CLOSED'));
});

test('a refusal has all of its causes, and the document of its vendor', async () => {
  const store = await open({ seed: 1 });
  const refusal = (call) => call.then(() => assert.fail('not refused'), (error) => error);
  const ask = (path, document, method = 'POST') =>
    store.fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) });

  const okta = await refusal(store.okta.createIdentityProvider({ ...oidc('One'), name: '', type: 'OIDC', status: 'ON' }));
  assert.equal(okta.code, 'ERR_RESPONSE');
  assert.equal(okta.response.vendor, 'okta');
  const causes = okta.response.body.errorCauses.map(({ errorSummary }) => errorSummary);
  assert.ok(causes.length >= 2, causes);
  assert.equal(okta.message, `POST /api/v1/idps: 400 ${okta.response.body.errorSummary} (${causes.join('; ')})`);

  const { _embedded } = await (await store.fetch('/v1/environments')).json();
  const path = `/v1/environments/${_embedded.environments[0].id}/identityProviders`;
  const pingone = await refusal(accepted(await ask(path, { type: 'SAML' }), 'the partner'));
  assert.equal(pingone.response.vendor, 'pingone');
  const { message, details } = pingone.response.body;
  assert.ok(details.length > 0);
  const told = details.map((detail) => (detail.target ? `${detail.target}: ${detail.message}` : detail.message));
  assert.equal(pingone.message, `the partner: 400 ${message} (${told.join('; ')})`);

  const zitadel = await refusal(accepted(await ask('/admin/v1/idps/google', {})));
  assert.equal(zitadel.response.vendor, 'zitadel');
  assert.equal(zitadel.message, `the call: 400 ${zitadel.response.body.message}`);
  assert.ok(zitadel.response.body.message.length > 0);

  const nowhere = await refusal(accepted(new Response('x'.repeat(5000), { status: 502 })));
  assert.deepEqual([nowhere.response.vendor, nowhere.message], [undefined, `the call: 502 ${'x'.repeat(200)}`]);
  const response = await store.fetch('/api/v1/idps');
  assert.equal(await accepted(response), response);
  await store.close();
});
