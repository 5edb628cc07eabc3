'use strict';

// Okta's own SDK for Node, unmodified, against `idpstore serve`.

const assert = require('node:assert/strict');
const { X509Certificate } = require('node:crypto');
const test = require('node:test');
const { start, authority } = require('./server');

const provider = (kid) => ({
  type: 'SAML2',
  name: 'Partner',
  protocol: {
    type: 'SAML2',
    endpoints: {
      sso: { url: 'https://partner.example/sso', binding: 'HTTP-POST', destination: 'https://partner.example/sso' },
      acs: { binding: 'HTTP-POST', type: 'INSTANCE' },
    },
    algorithms: {
      request: { signature: { algorithm: 'SHA-256', scope: 'REQUEST' } },
      response: { signature: { algorithm: 'SHA-256', scope: 'ANY' } },
    },
    credentials: { trust: { issuer: 'urn:partner', audience: 'urn:us', kid } },
  },
  policy: {
    provisioning: { action: 'AUTO', profileMaster: false, groups: { action: 'NONE' } },
    accountLink: { action: 'AUTO' },
    subject: { userNameTemplate: { template: 'idpuser.subjectNameId' }, matchType: 'USERNAME' },
  },
});

const social = (name) => ({
  type: 'GOOGLE',
  name,
  protocol: {
    type: 'OIDC',
    scopes: ['openid'],
    credentials: { client: { client_id: 'us', client_secret: 'hush' } },
  },
  policy: provider().policy,
});

const application = (label) => ({
  label,
  signOnMode: 'SAML_2_0',
  settings: {
    signOn: {
      ssoAcsUrl: 'https://app.example/acs',
      recipient: 'https://app.example/acs',
      destination: 'https://app.example/acs',
      audience: 'urn:app',
      subjectNameIdTemplate: '${user.userName}',
      subjectNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      responseSigned: true,
      assertionSigned: true,
      signatureAlgorithm: 'RSA_SHA256',
      digestAlgorithm: 'SHA256',
      honorForceAuthn: true,
      authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    },
  },
});

const SUBJECT = {
  subject: { countryName: 'US', organizationName: 'Us', commonName: 'us.example' },
  subjectAltNames: { dnsNames: ['us.example'] },
};

async function all(collection) {
  const elements = [];
  await (await collection).each((element) => { elements.push(element); });
  return elements;
}

/** That a call is refused with this status and code. */
const refused = (call, status, errorCode) =>
  assert.rejects(call, (error) => {
    assert.equal(error.status, status, error.message);
    assert.equal(error.errorCode, errorCode, error.message);
    return true;
  });

test('a provider gets a new key, signs with it, and goes back', async (t) => {
  const api = (await start(t))().identityProviderApi;
  const ca = authority(t);
  const trusted = await api.createIdentityProviderKey({ jsonWebKey: { x5c: [ca.certificate] } });
  const made = await api.createIdentityProvider({ identityProvider: provider(trusted.kid) });
  const first = made.protocol.credentials.signing.kid;

  const generated = await api.generateIdentityProviderSigningKey({ idpId: made.id, validityYears: 2 });
  assert.notEqual(generated.kid, first);

  const request = await api.generateCsrForIdentityProvider({ idpId: made.id, metadata: SUBJECT });
  assert.equal((await all(api.listCsrsForIdentityProvider({ idpId: made.id }))).length, 1);
  const body = Buffer.from(ca.certify(request.csr));
  const published = await api.publishCsrForIdentityProvider({ idpId: made.id, csrId: request.id, body });
  assert.equal(new X509Certificate(Buffer.from(published.x5c[0], 'base64')).issuer, 'CN=Partner');
  const gone = api.getCsrForIdentityProvider({ idpId: made.id, csrId: request.id });
  await refused(gone, 404, 'E0000007');

  const kids = (await all(api.listIdentityProviderSigningKeys({ idpId: made.id }))).map((key) => key.kid);
  assert.deepEqual([...kids].sort(), [first, generated.kid, published.kid].sort());

  for (const kid of [published.kid, first]) {
    const current = await api.getIdentityProvider({ idpId: made.id });
    current.protocol.credentials.signing.kid = kid;
    await api.replaceIdentityProvider({ idpId: made.id, identityProvider: current });
    const read = await api.getIdentityProvider({ idpId: made.id });
    assert.equal(read.protocol.credentials.signing.kid, kid);
    assert.equal(read.status, 'ACTIVE');
  }

  const other = await api.createIdentityProvider({ identityProvider: provider(trusted.kid) });
  const clone = { idpId: made.id, keyId: generated.kid, targetIdpId: other.id };
  assert.deepEqual((await api.cloneIdentityProviderKey(clone)).x5c, generated.x5c);
  await refused(api.cloneIdentityProviderKey(clone), 400, 'E0000001');
});

test('an application gets a new key, signs with it, and goes back', async (t) => {
  const api = (await start(t))().applicationApi;
  const ca = authority(t);
  const made = await api.createApplication({ application: application('Payroll') });
  assert.match(made.name, /^[a-z0-9-]+_payroll_1$/);
  const first = made.credentials.signing.kid;
  const [own] = await all(api.listApplicationKeys({ appId: made.id }));
  assert.equal(own.kid, first);

  const generated = await api.generateApplicationKey({ appId: made.id, validityYears: 3 });
  const request = await api.generateCsrForApplication({ appId: made.id, metadata: SUBJECT });
  assert.equal((await api.getCsrForApplication({ appId: made.id, csrId: request.id })).csr, request.csr);
  const body = Buffer.from(ca.certify(request.csr));
  const published = await api.publishCsrFromApplication({ appId: made.id, csrId: request.id, body });
  assert.equal((await all(api.listApplicationKeys({ appId: made.id }))).length, 3);

  for (const kid of [published.kid, first]) {
    const { name, label, signOnMode } = made;
    const replacement = { name, label, signOnMode, credentials: { signing: { kid } } };
    await api.replaceApplication({ appId: made.id, application: replacement });
    const read = await api.getApplication({ appId: made.id });
    assert.equal(read.credentials.signing.kid, kid);
    assert.equal(read.settings.signOn.audience, 'urn:app');
    assert.equal(read.created.toISOString(), made.created.toISOString());
    const filter = `credentials.signing.kid eq "${kid}"`;
    assert.deepEqual((await all(api.listApplications({ filter }))).map((app) => app.id), [made.id]);

    const metadata = await api.previewSAMLmetadataForApplication({ appId: made.id, kid });
    assert.match(metadata, /^<\?xml .*<md:EntityDescriptor entityID="http:\/\/www\.okta\.com\/exk/s);
    const key = await api.getApplicationKey({ appId: made.id, keyId: kid });
    assert.ok(metadata.replace(/\s/g, '').includes(key.x5c[0]));
  }

  const other = await api.createApplication({ application: application('Travel'), activate: false });
  assert.equal(other.status, 'INACTIVE');
  const clone = { appId: made.id, keyId: generated.kid, targetAid: other.id };
  assert.equal((await api.cloneApplicationKey(clone)).kid, generated.kid);
  await refused(api.cloneApplicationKey(clone), 400, 'E0000001');

  await refused(api.deleteApplication({ appId: made.id }), 403, 'E0000056');
  await api.deactivateApplication({ appId: made.id });
  await api.deleteApplication({ appId: made.id });
  await refused(api.getApplication({ appId: made.id }), 404, 'E0000007');
});

test('applications of the other kinds come back as they went', async (t) => {
  const api = (await start(t))().applicationApi;
  const app = { url: 'https://app.example/login.html' };
  const swa = { ...app, usernameField: '#user', passwordField: '#password', buttonField: '#go' };
  const basic = { ...app, authURL: 'https://app.example/auth' };
  const federation = { siteURL: 'https://app.example', wReplyURL: 'https://app.example', audienceRestriction: 'urn:a' };
  for (const [signOnMode, name, settings] of [
    ['BOOKMARK', 'bookmark', { app: { ...app, requestIntegration: false } }],
    ['BASIC_AUTH', 'template_basic_auth', { app: basic }],
    ['BROWSER_PLUGIN', 'template_swa', { app: swa }],
    ['SECURE_PASSWORD_STORE', 'template_sps', { app: { ...app, usernameField: 'u', passwordField: 'p' } }],
    ['WS_FEDERATION', 'template_wsfed', { app: federation }],
    ['AUTO_LOGIN', undefined, { signOn: { loginUrl: app.url, redirectUrl: 'https://app.example' } }],
    ['OPENID_CONNECT', 'oidc_client', { oauthClient: { redirect_uris: [app.url], application_type: 'web' } }],
  ]) {
    const made = await api.createApplication({ application: { name, label: signOnMode, signOnMode, settings } });
    const read = await api.getApplication({ appId: made.id });
    assert.equal(read.signOnMode, signOnMode);
    assert.equal((await all(api.listApplicationKeys({ appId: made.id }))).length, 1, signOnMode);
    for (const [member, values] of Object.entries(settings)) {
      for (const [key, value] of Object.entries(values)) {
        assert.deepEqual(read.settings[member][key], value, `${signOnMode} ${member}.${key}`);
      }
    }
  }
});

test('lists come in pages', async (t) => {
  const client = (await start(t))();
  for (const name of ['a', 'b', 'c']) {
    await client.identityProviderApi.createIdentityProvider({ identityProvider: social(name) });
    const bookmark = { name: 'bookmark', signOnMode: 'BOOKMARK', settings: { app: { url: 'https://a.example' } } };
    await client.applicationApi.createApplication({ application: { ...bookmark, label: `pages ${name}` } });
  }
  const providers = await all(client.identityProviderApi.listIdentityProviders({ limit: 1 }));
  assert.deepEqual(providers.map((idp) => idp.name), ['a', 'b', 'c']);
  const applications = await all(client.applicationApi.listApplications({ q: 'PAGES', limit: 2 }));
  assert.deepEqual(applications.map((app) => app.label), ['pages a', 'pages b', 'pages c']);
});

test('users are linked to a provider and unlinked', async (t) => {
  const client = (await start(t))();
  const idps = client.identityProviderApi;
  const idp = await idps.createIdentityProvider({ identityProvider: social('Social') });
  const profile = { firstName: 'Ada', lastName: 'L', email: 'ada@us.example', login: 'ada@us.example' };
  const body = { profile, credentials: { password: { value: 'Abcd1234!' } } };
  const user = await client.userApi.createUser({ body, activate: false });
  assert.equal(user.status, 'STAGED');
  assert.equal((await client.userApi.getUser({ userId: 'ada' })).id, user.id);

  const pair = { idpId: idp.id, userId: user.id };
  const linked = await idps.linkUserToIdentityProvider({ ...pair, userIdentityProviderLinkRequest: { externalId: 'x1' } });
  assert.equal(linked.externalId, 'x1');
  const [listed] = await all(idps.listIdentityProviderApplicationUsers({ idpId: idp.id, expand: 'user' }));
  assert.equal(listed.id, user.id);
  assert.deepEqual((await all(idps.listUserIdentityProviders({ userId: user.id }))).map((one) => one.id), [idp.id]);
  assert.deepEqual(await all(idps.listSocialAuthTokens(pair)), []);
  await idps.unlinkUserFromIdentityProvider(pair);
  await refused(idps.getIdentityProviderApplicationUser(pair), 404, 'E0000007');

  await client.userApi.deactivateUser({ userId: user.id });
  await client.userApi.deleteUser({ userId: user.id });
  await refused(client.userApi.getUser({ userId: user.id }), 404, 'E0000007');
});

test('what is refused comes in the words of the vendor', async (t) => {
  const open = await start(t, '--token', 's3cret', '--rate-limit', '4/60s');
  await refused(open('wrong').identityProviderApi.getIdentityProvider({ idpId: 'any' }), 401, 'E0000011');
  const api = open('s3cret').identityProviderApi;
  const ca = authority(t);
  const jsonWebKey = { x5c: [ca.certificate] };
  await api.createIdentityProviderKey({ jsonWebKey });
  await refused(api.createIdentityProviderKey({ jsonWebKey }), 409, 'E0000096');
  await refused(api.createIdentityProvider({ identityProvider: { type: 'SAML2' } }), 400, 'E0000001');
  await refused(api.getIdentityProvider({ idpId: 'any' }), 429, 'E0000047');
});
