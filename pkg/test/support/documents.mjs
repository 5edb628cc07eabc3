// Providers as tests make them.

export function oidc(name) {
  return {
    type: 'OIDC',
    name,
    protocol: {
      type: 'OIDC',
      endpoints: {
        authorization: { url: 'https://idp.example/authorize', binding: 'HTTP-REDIRECT' },
        token: { url: 'https://idp.example/token', binding: 'HTTP-POST' },
        jwks: { url: 'https://idp.example/keys', binding: 'HTTP-REDIRECT' },
      },
      scopes: ['openid'],
      issuer: { url: 'https://idp.example' },
      credentials: { client: { client_id: 'id', client_secret: 'secret' } },
    },
    policy: {
      accountLink: { action: 'AUTO', filter: null },
      provisioning: { action: 'AUTO' },
      maxClockSkew: 0,
      subject: { userNameTemplate: { template: 'idpuser.email' }, matchType: 'USERNAME' },
    },
  };
}

/** A partner whose assertions are checked with a trusted key. */
export function saml(name, kid) {
  return {
    type: 'SAML2',
    name,
    protocol: {
      type: 'SAML2',
      endpoints: {
        sso: { url: 'https://idp.example/sso', binding: 'HTTP-POST', destination: 'https://idp.example/sso' },
        acs: { binding: 'HTTP-POST', type: 'INSTANCE' },
      },
      algorithms: {
        request: { signature: { algorithm: 'SHA-256', scope: 'REQUEST' } },
        response: { signature: { algorithm: 'SHA-256', scope: 'ANY' } },
      },
      settings: { nameFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
      credentials: { trust: { issuer: 'https://idp.example', audience: 'https://sp.example', kid } },
    },
    policy: oidc(name).policy,
  };
}

export async function names(store) {
  return (await store.okta.listIdentityProviders()).map(({ name }) => name);
}

/** One path of each vendor's API, and what a store answers there at first. */
export const DOORS = [
  ['GET', '/api/v1/idps', 200],
  ['GET', '/v1/environments', 200],
  ['POST', '/admin/v1/idps/templates/_search', 200],
  ['POST', '/management/v1/idps/templates/_search', 200],
  ['POST', '/zitadel.admin.v1.AdminService/ListProviders', 415],
  ['POST', '/zitadel.management.v1.ManagementService/ListProviders', 415],
  ['POST', '/zitadel.idp.v2.IdentityProviderService/GetIDPByID', 415],
  ['GET', '/v2/idps/1', 404],
  ['GET', '/idps/1/saml/metadata', 400],
];

const METADATA =
  '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example">' +
  '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">' +
  '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>' +
  '</IDPSSODescriptor></EntityDescriptor>';

/** A SAML provider as ZITADEL takes it. */
export const ZITADEL_SAML = { name: 'SAML', metadataXml: btoa(METADATA), binding: 'SAML_BINDING_POST' };

/** Makes a provider sign with a new key from now on, and gives its `kid`. */
export async function rotated(store, provider) {
  const { kid } = await store.rotation.prepare({ owners: [provider], key: 'RSA-2048' });
  await store.rotation.promote({ kid, owners: [provider], overlap: 0 });
  return kid;
}

/** The whole change log. */
export async function log(store, after = 0) {
  return (await store.history.changes({ after, limit: 1000 })).items;
}
