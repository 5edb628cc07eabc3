// The bodies with which the vendors' own APIs create what `idpstore/factories` describes.

import type { IdentityProviderInput as OktaProvider } from './okta-types.js';
import type { IdentityProviderInput as PingOneProvider } from './pingone-types.js';
import type { AddGenericOIDCProviderRequest, AddGoogleProviderRequest, AddSAMLProviderRequest } from './zitadel-types.js';

const CLIENT = { id: 'client', secret: 'client-secret' };
const ISSUER = 'https://oidc.example';
const ENTITY = 'https://saml.example';

const POLICY = {
  accountLink: { action: 'AUTO' },
  provisioning: { action: 'AUTO' },
  subject: { userNameTemplate: { template: 'idpuser.email' }, matchType: 'USERNAME' },
};

/** Bodies of Okta's `createIdentityProvider`. */
export const okta = {
  /** A SAML partner; `kid` is the key that `createIdentityProviderKey` has answered. */
  samlProvider: ({ kid, ...given }: { kid: string } & Partial<OktaProvider>): OktaProvider => ({
    type: 'SAML2',
    name: 'SAML partner',
    protocol: {
      type: 'SAML2',
      endpoints: { sso: { url: `${ENTITY}/sso`, binding: 'HTTP-REDIRECT', destination: `${ENTITY}/sso` }, acs: { binding: 'HTTP-POST', type: 'INSTANCE' } },
      credentials: { trust: { issuer: ENTITY, audience: 'https://sp.example', kid } },
    },
    policy: POLICY,
    ...given,
  }),
  /** A partner that speaks OpenID Connect. */
  oidcProvider: (given: Partial<OktaProvider> = {}): OktaProvider => ({
    type: 'OIDC',
    name: 'OpenID Connect partner',
    protocol: {
      type: 'OIDC',
      endpoints: {
        authorization: { url: `${ISSUER}/authorize`, binding: 'HTTP-REDIRECT' },
        token: { url: `${ISSUER}/token`, binding: 'HTTP-POST' },
        jwks: { url: `${ISSUER}/keys`, binding: 'HTTP-REDIRECT' },
      },
      issuer: { url: ISSUER },
      scopes: ['openid'],
      credentials: { client: { client_id: CLIENT.id, client_secret: CLIENT.secret } },
    },
    policy: POLICY,
    ...given,
  }),
  /** Sign in with Google. */
  socialProvider: (given: Partial<OktaProvider> = {}): OktaProvider => ({
    type: 'GOOGLE',
    name: 'Sign in with Google',
    protocol: { type: 'OIDC', scopes: ['openid', 'email'], credentials: { client: { client_id: CLIENT.id, client_secret: CLIENT.secret } } },
    policy: POLICY,
    ...given,
  }),
};

/** Bodies of PingOne's `createIdentityProvider`. */
export const pingone = {
  /** A SAML partner; `certificate` is the id that `createCertificateFromFile` has answered. */
  samlProvider: ({ certificate, ...given }: { certificate: string } & Partial<PingOneProvider>): PingOneProvider => ({
    type: 'SAML',
    name: 'SAML partner',
    enabled: true,
    idpEntityId: ENTITY,
    spEntityId: 'https://sp.example',
    ssoEndpoint: `${ENTITY}/sso`,
    ssoBinding: 'HTTP_REDIRECT',
    idpVerification: { certificates: [{ id: certificate }] },
    ...given,
  }),
  /** A partner that speaks OpenID Connect. */
  oidcProvider: (given: Partial<PingOneProvider> = {}): PingOneProvider => ({
    type: 'OPENID_CONNECT',
    name: 'OpenID Connect partner',
    enabled: true,
    issuer: ISSUER,
    authorizationEndpoint: `${ISSUER}/authorize`,
    tokenEndpoint: `${ISSUER}/token`,
    jwksEndpoint: `${ISSUER}/keys`,
    scopes: ['openid'],
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    ...given,
  }),
  /** Sign in with Google. */
  socialProvider: (given: Partial<PingOneProvider> = {}): PingOneProvider => ({
    type: 'GOOGLE',
    name: 'Sign in with Google',
    enabled: true,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    ...given,
  }),
};

/** Bodies of ZITADEL's `addSAMLProvider`, `addGenericOIDCProvider` and `addGoogleProvider`. */
export const zitadel = {
  /** A SAML partner, by its metadata. */
  samlProvider: (metadata: string, given: Partial<AddSAMLProviderRequest> = {}): AddSAMLProviderRequest => ({
    name: 'SAML partner',
    metadataXml: btoa(metadata),
    binding: 'SAML_BINDING_REDIRECT',
    ...given,
  }),
  /** A partner that speaks OpenID Connect. */
  oidcProvider: (given: Partial<AddGenericOIDCProviderRequest> = {}): AddGenericOIDCProviderRequest => ({
    name: 'OpenID Connect partner',
    issuer: ISSUER,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    scopes: ['openid'],
    ...given,
  }),
  /** Sign in with Google. */
  socialProvider: (given: Partial<AddGoogleProviderRequest> = {}): AddGoogleProviderRequest => ({
    name: 'Sign in with Google',
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    scopes: ['openid', 'email'],
    ...given,
  }),
};
