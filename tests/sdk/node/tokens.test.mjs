// How the vendors' own clients get tokens with their keys, unmodified, against `idpstore serve`.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import okta from '@okta/okta-sdk-nodejs';
import { createAccessTokenInterceptor, createAdminClient } from '@zitadel/node/dist/api/index.js';
import { ServiceAccount } from '@zitadel/node/dist/credentials/index.js';
import { configured, listen } from './server.js';

const ID = '0oa1gjh63g214q0Hq0g4';

/** A new key: for the client as PKCS #1 in PEM, for the server its public part in the form of a type. */
function pair(type = 'jwk') {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    own: privateKey.export({ type: 'pkcs1', format: 'pem' }),
    listed: publicKey.export(type === 'jwk' ? { format: 'jwk' } : { type: 'spki', format: 'pem' }),
  };
}

/** Okta's client with a key, but for its repetitions. */
const robot = (orgUrl, privateKey) => new okta.Client({
  orgUrl, clientId: ID, privateKey, authorizationMode: 'PrivateKey', scopes: 'okta.apps.manage okta.groups.read',
  requestExecutor: new okta.DefaultRequestExecutor({ maxRetries: 0 }),
});

const bookmark = (label) => ({
  application: { name: 'bookmark', label, signOnMode: 'BOOKMARK', settings: { app: { url: 'https://a.example' } } },
});

test('@okta/okta-sdk-nodejs with a private key, where any client may come in', async (t) => {
  const client = robot(await listen(t, '--keys', 'fixture'), pair().own);
  const made = await client.applicationApi.createApplication(bookmark('Wiki'));
  assert.equal((await client.applicationApi.getApplication({ appId: made.id })).label, 'Wiki');
  assert.equal(client.oauth.accessToken.token_type, 'Bearer');
  assert.equal(client.oauth.accessToken.scope, 'okta.apps.manage okta.groups.read');
});

test('@okta/okta-sdk-nodejs with a private key that is listed', async (t) => {
  const { own, listed } = pair();
  const url = await configured(t, { clients: [{ name: 'robot', id: ID, key: listed }] }, '--keys', 'fixture');
  await robot(url, own).applicationApi.createApplication(bookmark('Wiki'));
  const stranger = robot(url, pair().own).applicationApi.createApplication(bookmark('Other'));
  await assert.rejects(stranger, (error) => error.status === 401);
});

test('@okta/okta-sdk-nodejs with a private key over TLS', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'idpstore-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { own, listed } = pair();
  const clients = [{ name: 'robot', id: ID, key: listed }];
  const url = await configured(t, { clients }, '--keys', 'fixture', '--tls', '--tls-dir', folder);
  assert.match(url, /^https:/);
  const run = (more) => promisify(execFile)(process.execPath, ['robot.mjs'], {
    env: { ...process.env, ORG_URL: url, CLIENT_ID: ID, PRIVATE_KEY: own, ...more },
  });
  assert.equal((await run({ NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem') })).stdout, 'Wiki\n');
  await assert.rejects(run({ NODE_EXTRA_CA_CERTS: '' }), /certificate/);
});

test('@zitadel/node with the key of a service user', async (t) => {
  const { own, listed } = pair('pem');
  const account = ServiceAccount.fromJson({ type: 'serviceaccount', userId: '2', keyId: '1', key: own });
  for (const clients of [[], [{ name: 'robot', id: '2', key: listed }]]) {
    const url = await configured(t, { clients }, '--keys', 'fixture');
    const token = await account.authenticate(url, { apiAccess: true });
    const admin = createAdminClient(url, createAccessTokenInterceptor(token));
    const { id } = await admin.addGoogleProvider({ name: 'Google', clientId: 'c', clientSecret: 's' });
    assert.equal((await admin.getProviderByID({ id })).idp.name, 'Google');
    const refused = await fetch(`${url}/api/v1/idps`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(refused.status, 401);
  }
});
