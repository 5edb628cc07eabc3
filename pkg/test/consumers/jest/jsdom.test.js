/** @jest-environment jsdom */
const { open, IdpStoreError } = require('idpstore');
const { PARTNER } = require('idpstore/factories');

const provider = require('./provider.json');

test('a store where the web is that of jsdom', async () => {
  const store = await open();
  const headers = { 'content-type': 'application/json' };
  const made = await store.fetch('/api/v1/idps', { method: 'POST', headers: new Headers(headers), body: JSON.stringify(provider) });
  expect(made.status).toBe(200);
  const { id, _links } = await made.json();
  // The page is at http://localhost.
  expect(_links.authorize.href).toMatch(/^http:\/\/localhost\//);
  const key = await store.okta.generateIdentityProviderSigningKey(id, { validityYears: 2 });
  expect(key.kty).toBe('RSA');
  const octets = Buffer.from(JSON.stringify({ subject: { commonName: 'sp.example' } }));
  const { signal } = new AbortController();
  const asked = await store.fetch(`/api/v1/idps/${id}/credentials/csrs`, { method: 'POST', headers, body: octets, signal });
  expect(asked.status).toBe(201);
  expect((await asked.json()).csr).toMatch(/^MII/);
  const gone = await store.fetch(`/api/v1/idps/${id}`, { method: 'DELETE' });
  expect([gone.status, await gone.text()]).toEqual([204, '']);
  const [environment] = (await store.pingone.readAllEnvironments())._embedded.environments;
  const file = Buffer.from(PARTNER.certificate, 'base64');
  expect((await store.pingone.createCertificateFromFile(environment.id, { usageType: 'SIGNING', file })).id).toBeTruthy();
  await store.file.import(await store.file.export());
  await expect(store.okta.getIdentityProvider('none')).rejects.toThrow(IdpStoreError);
  await store.close();
});
