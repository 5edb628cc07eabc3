// Documents from which a provider of each kind can be begun.

import type { PortableProvider } from '../../../src/idpstore-types.js';

const CLIENT = { id: '', secret: '', scopes: ['openid', 'profile', 'email'] };

/** A provider of each kind, with what it needs. */
export const TEMPLATES: Record<string, PortableProvider> = {
  saml: {
    name: '',
    protocol: { type: 'saml', entity_id: 'https://idp.example', single_sign_on: { location: 'https://idp.example/sso', binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' } },
  },
  open_id_connect: {
    name: '',
    protocol: {
      type: 'open_id_connect',
      issuer: 'https://idp.example',
      authorization_endpoint: 'https://idp.example/authorize',
      token_endpoint: 'https://idp.example/token',
      jwks_uri: 'https://idp.example/keys',
      client: CLIENT,
    },
  },
  social: { name: '', protocol: { type: 'social', service: 'google', client: CLIENT } },
  mutual_tls: { name: '', protocol: { type: 'mutual_tls', issuer: 'https://ca.example' } },
};

/** The kinds of keys that are offered; the store knows which it makes. */
export const KEY_KINDS = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'EC-P-256', 'EC-P-384', 'EC-P-521'];
