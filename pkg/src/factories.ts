// `idpstore/factories`: documents for tests, sensible without a word about them, and each member of them another on demand.

import type { PortableDocument, PortableProvider } from './idpstore-types.js';
import { PARTNER } from './partner.js';

export { PARTNER };
export { okta, pingone, zitadel } from './vendor-factories.js';

/** What the document calls the key of the partner. */
const KEY = 'partner';

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** Members of a provider that are to be others. */
export type Given = Partial<PortableProvider>;

/**
 * A SAML provider that trusts the certificate of `PARTNER`, as a portable document.
 *
 * ```js
 * const store = await open({ seed: samlProvider({ name: 'Partner' }) });
 * ```
 */
export function samlProvider(given: Given = {}): PortableDocument {
  return {
    version: 1,
    trusted_keys: [{ kid: KEY, chain: [PARTNER.certificate] }],
    providers: [
      {
        name: 'SAML partner',
        protocol: {
          type: 'saml',
          entity_id: 'https://saml.example',
          single_sign_on: { location: 'https://saml.example/sso', binding: REDIRECT },
        },
        trusted_keys: [KEY],
        ...given,
      },
    ],
  };
}

/** A provider that speaks OpenID Connect, as a portable document. */
export function oidcProvider(given: Given = {}): PortableDocument {
  const issuer = 'https://oidc.example';
  const endpoints = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/keys`,
  };
  return provider({ name: 'OpenID Connect partner', protocol: { type: 'open_id_connect', ...endpoints, client: CLIENT }, ...given });
}

/** A provider of a social service, such as `google`, as a portable document. */
export function socialProvider(service = 'google', given: Given = {}): PortableDocument {
  return provider({ name: `Sign in with ${service}`, protocol: { type: 'social', service, client: CLIENT }, ...given });
}

const CLIENT = { id: 'client', secret: 'client-secret', scopes: ['openid', 'profile', 'email'] };

function provider(one: PortableProvider): PortableDocument {
  return { version: 1, providers: [one] };
}

/**
 * One document with all that these have. A key that several of them call by the same name is one key.
 *
 * ```js
 * const store = await open({ seed: together(samlProvider({ name: 'One' }), oidcProvider({ name: 'Other' })) });
 * ```
 */
export function together(...documents: PortableDocument[]): PortableDocument {
  const all = <T>(list: (document: PortableDocument) => T[] | undefined) => documents.flatMap((document) => list(document) ?? []);
  const keys = all(({ trusted_keys }) => trusted_keys);
  return {
    version: 1,
    tenants: all(({ tenants }) => tenants),
    trusted_keys: keys.filter(({ kid }, at) => kid === undefined || keys.findIndex((key) => key.kid === kid) === at),
    signing_keys: all(({ signing_keys }) => signing_keys),
    providers: all(({ providers }) => providers),
    applications: all(({ applications }) => applications),
    users: all(({ users }) => users),
    links: all(({ links }) => links),
  };
}

/** SAML metadata of the partner, as its URL would answer: for `providers.create`, and as ZITADEL's `metadataXml`. */
export function samlMetadata(given: { entityId?: string; location?: string } = {}): string {
  const { entityId = 'https://saml.example', location = `${entityId}/sso` } = given;
  return (
    `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">` +
    '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">' +
    '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>' +
    `<X509Certificate>${PARTNER.certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>` +
    `<SingleSignOnService Binding="${REDIRECT}" Location="${location}"/></IDPSSODescriptor></EntityDescriptor>`
  );
}
