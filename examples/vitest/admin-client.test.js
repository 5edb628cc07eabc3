import { open } from 'idpstore';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { AdminClient } from './admin-client.js';

const partner = { name: 'Partner', issuer: 'https://idp.example', clientId: 'id', clientSecret: 'secret' };
let store;
let empty;
let admin;

beforeAll(async () => {
  store = await open({ seed: 1 });
  empty = await store.snapshot();
  admin = new AdminClient({ orgUrl: 'https://example.okta.com', token: 'none', fetch: store.fetch });
});
beforeEach(() => store.restore(empty));
afterAll(() => store.close());

test('a partner is made once', async () => {
  const first = await admin.ensurePartner(partner);
  expect(await admin.ensurePartner({ ...partner, issuer: 'https://new.example' })).toBe(first);
  const all = await store.okta.listIdentityProviders();
  expect(all.map(({ protocol }) => protocol.issuer.url)).toEqual(['https://new.example']);
});

test('what the API refuses is told in its own words', async () => {
  const before = await store.history.changes();
  await expect(admin.ensurePartner({ ...partner, name: '' })).rejects.toThrow(/^E0000001: /);
  expect(await store.history.changes()).toEqual(before);
});

test('others are switched off', async () => {
  await admin.ensurePartner(partner);
  await admin.ensurePartner({ ...partner, name: 'Former partner' });
  await admin.keepOnly(['Partner']);
  const states = (await store.okta.listIdentityProviders()).map(({ name, status }) => [name, status]);
  expect(states).toEqual([
    ['Partner', 'ACTIVE'],
    ['Former partner', 'INACTIVE'],
  ]);
});
