// ZITADEL's own clients, unmodified, over each transport that they can be made with: `@zitadel/client` over gRPC, gRPC-Web
// and Connect, and `@zitadel/node` over gRPC.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Code, ConnectError } from '@connectrpc/connect';
import { createConnectTransport as connectOverHttp2 } from '@connectrpc/connect-node';
import { createConnectTransport } from '@connectrpc/connect-web';
import { createServerTransport } from '@zitadel/client/node';
import { createAdminServiceClient, createManagementServiceClient } from '@zitadel/client/v1';
import { createIdpServiceClient } from '@zitadel/client/v2';
import { createClientTransport } from '@zitadel/client/web';
import { createAccessTokenInterceptor, createAdminClient } from '@zitadel/node/dist/api/index.js';
import { ErrorDetailSchema } from '@zitadel/proto/zitadel/message_pb.js';
import { listen } from './server.js';

const TOKEN = 's3cret';

const METADATA = Buffer.from(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:partner">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`);

const authorized = (next) => (request) => {
  request.header.set('authorization', `Bearer ${TOKEN}`);
  return next(request);
};

const TRANSPORTS = {
  'gRPC': (baseUrl) => createServerTransport(TOKEN, { baseUrl }),
  'gRPC-Web': (baseUrl) => createClientTransport(TOKEN, { baseUrl }),
  'Connect with binary messages': (baseUrl) =>
    createConnectTransport({ baseUrl, useBinaryFormat: true, interceptors: [authorized] }),
  'Connect with binary messages over HTTP/2': (baseUrl) =>
    connectOverHttp2({ baseUrl, httpVersion: '2', useBinaryFormat: true, interceptors: [authorized] }),
  'Connect with JSON over HTTP/2': (baseUrl) =>
    connectOverHttp2({ baseUrl, httpVersion: '2', useBinaryFormat: false, interceptors: [authorized] }),
};

for (const [name, make] of Object.entries(TRANSPORTS)) {
  test(`@zitadel/client over ${name}`, async (t) => {
    const transport = make(await listen(t, '--token', TOKEN, '--keys', 'fixture'));
    const admin = createAdminServiceClient(transport);
    const { id, details } = await admin.addSAMLProvider({
      name: 'Partner', metadata: { case: 'metadataXml', value: METADATA }, binding: 1, withSignedRequest: true,
      providerOptions: { isAutoCreation: true, autoLinking: 2 },
    });
    assert.equal(typeof details.sequence, 'bigint');
    const { idp } = await admin.getProviderByID({ id });
    assert.deepEqual([idp.name, idp.state, idp.owner, idp.config.options.autoLinking], ['Partner', 1, 1, 2]);
    assert.equal(Buffer.compare(idp.config.config.value.metadataXml, METADATA), 0);
    assert.equal((await createIdpServiceClient(transport).getIDPByID({ id })).idp.name, 'Partner');

    const management = createManagementServiceClient(transport);
    const own = await management.addLDAPProvider({
      name: 'own', servers: ['ldap://b', 'ldap://a'], baseDn: 'dc', bindDn: 'cn', bindPassword: 'p', userBase: 'dn',
      userObjectClasses: ['user'], userFilters: ['uid'], timeout: { seconds: 10n, nanos: 5e8 },
    });
    const { result } = await management.listProviders({ query: { limit: 10 } });
    assert.deepEqual(result.map((idp) => idp.id), [id, own.id]);
    assert.deepEqual(result[1].config.config.value.servers, ['ldap://b', 'ldap://a']);
    assert.deepEqual([result[1].config.config.value.timeout.seconds, result[1].config.config.value.timeout.nanos], [10n, 5e8]);

    const error = await admin.getProviderByID({ id: 'nope' }).catch((error) => error);
    assert.ok(error instanceof ConnectError, error);
    assert.deepEqual([error.code, error.rawMessage],
      [Code.NotFound, "Identity Provider Configuration doesn't exist (QUERY-SAFrt)"]);
    assert.equal(error.findDetails(ErrorDetailSchema)[0].id, 'QUERY-SAFrt');
  });
}

test('@zitadel/node over gRPC', async (t) => {
  const url = await listen(t, '--token', TOKEN, '--keys', 'fixture');
  const admin = createAdminClient(url, createAccessTokenInterceptor(TOKEN));
  const { id } = await admin.addSAMLProvider({ name: 'Partner', metadataXml: METADATA, binding: 2, signatureAlgorithm: 2 });
  const { idp } = await admin.getProviderByID({ id });
  assert.deepEqual([idp.config.saml.binding, idp.config.saml.signatureAlgorithm], [2, 2]);
  const error = await admin.getProviderByID({ id: 'nope' }).catch((error) => error);
  assert.deepEqual([error.code, error.details], [5, "Identity Provider Configuration doesn't exist (QUERY-SAFrt)"]);
  const stranger = createAdminClient(url, createAccessTokenInterceptor('other'));
  assert.equal((await stranger.getProviderByID({ id }).catch((error) => error)).code, 16);
});
