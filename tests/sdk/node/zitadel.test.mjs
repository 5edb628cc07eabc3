// ZITADEL's own client, unmodified, over a Connect transport against `idpstore serve`, and `samlify` as the judge of our
// metadata. A module, because the client's package cannot be required.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { Code, ConnectError } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';
import { createAdminServiceClient, createManagementServiceClient } from '@zitadel/client/v1';
import { createIdpServiceClient } from '@zitadel/client/v2';
import { IDPOwnerType, ProviderType, SAMLBinding } from '@zitadel/proto/zitadel/idp_pb.js';
import samlify from 'samlify';
import { listen } from './server.js';

const METADATA = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`;

/** Clients for a server that was just started, as the vendor makes them. */
async function clients(t) {
  const url = await listen(t);
  const transport = createConnectTransport({ baseUrl: url, useBinaryFormat: false });
  return {
    url,
    admin: createAdminServiceClient(transport),
    management: createManagementServiceClient(transport),
    v2: createIdpServiceClient(transport),
  };
}

/** Whether a call is refused with this code and the id of this error. */
const refused = (code, id) => (error) => {
  assert.ok(error instanceof ConnectError, error);
  assert.equal(error.code, code);
  assert.ok(error.message.includes(id), error.message);
  return true;
};

test('a SAML provider is added, read, replaced, listed and deleted', async (t) => {
  const { url, admin, v2 } = await clients(t);
  const metadata = { case: 'metadataXml', value: Buffer.from(METADATA) };
  const { id, details } = await admin.addSAMLProvider({
    name: 'Partner', metadata, binding: SAMLBinding.SAML_BINDING_POST, withSignedRequest: true,
    providerOptions: { isAutoCreation: true },
  });
  assert.equal(typeof details.sequence, 'bigint');

  const { idp } = await admin.getProviderByID({ id });
  assert.equal(idp.type, ProviderType.SAML);
  assert.equal(idp.owner, IDPOwnerType.IDP_OWNER_TYPE_SYSTEM);
  assert.equal(idp.config.options.isAutoCreation, true);
  assert.equal(idp.config.config.case, 'saml');
  assert.equal(Buffer.from(idp.config.config.value.metadataXml).toString(), METADATA);
  assert.equal((await v2.getIDPByID({ id })).idp.name, 'Partner');

  const updated = await admin.updateSAMLProvider({ id, name: 'Renamed', metadata });
  assert.ok(updated.details.sequence > details.sequence);
  await admin.regenerateSAMLProviderCertificate({ id });
  const listed = await admin.listProviders({});
  assert.equal(listed.details.totalResult, 1n);
  assert.equal(listed.result[0].name, 'Renamed');

  await t.test('our metadata is read by a SAML library', async () => {
    const ours = samlify.ServiceProvider({ metadata: await (await fetch(`${url}/idps/${id}/saml/metadata`)).text() });
    assert.equal(ours.entityMeta.getEntityID(), `${url}/idps/${id}/saml/metadata`);
    // Of several addresses with one binding it takes one.
    const consumers = [`${url}/idps/${id}/saml/acs`, `${url}/ui/login/login/externalidp/saml/acs`];
    assert.ok(consumers.includes(ours.entityMeta.getAssertionConsumerService('post')));
    assert.equal(ours.entityMeta.isWantAssertionsSigned(), true);
    const pem = await (await fetch(`${url}/idps/${id}/saml/certificate`)).text();
    const published = new X509Certificate(pem);
    assert.ok(published.verify(published.publicKey));
    assert.equal(BigInt(`0x${published.serialNumber}`).toString(), id);
    assert.equal(ours.entityMeta.getX509Certificate('encryption'), pem.replace(/-----[^-]+-----|\s/g, ''));
  });

  await admin.deleteProvider({ id });
  await assert.rejects(admin.getProviderByID({ id }), refused(Code.NotFound, 'QUERY-SAFrt'));
});

test('providers of an organization and of the instance are kept apart', async (t) => {
  const { admin, management } = await clients(t);
  const instance = await admin.addGoogleProvider({ name: 'all', clientId: 'c', clientSecret: 's', scopes: ['email'] });
  const own = await management.addLDAPProvider({
    name: 'own', servers: ['ldap://ldap.example.com'], baseDn: 'dc=example', bindDn: 'cn=admin', bindPassword: 'p',
    userBase: 'dn', userObjectClasses: ['user'], userFilters: ['uid'], timeout: { seconds: 10n },
  });
  const { result } = await management.listProviders({ query: { limit: 10 } });
  assert.deepEqual(result.map((idp) => idp.id), [instance.id, own.id]);
  assert.equal(result[1].config.config.value.timeout.seconds, 10n);
  await assert.rejects(management.getProviderByID({ id: instance.id }), refused(Code.NotFound, 'QUERY-SAFrt'));
});

test('what is refused carries the id of ZITADEL', async (t) => {
  const { admin } = await clients(t);
  await assert.rejects(admin.addGoogleProvider({ clientId: ' ', clientSecret: 's' }),
    refused(Code.InvalidArgument, 'INST-D3fvs'));
  await assert.rejects(admin.addGoogleProvider({}), refused(Code.InvalidArgument, 'AddGoogleProviderRequest.ClientId'));
  const error = await admin.deleteProvider({ id: '42' }).catch((error) => error);
  assert.equal(error.details[0].type, 'zitadel.v1.ErrorDetail');
  assert.equal(error.details[0].debug.id, 'INST-Se3tg');
});
