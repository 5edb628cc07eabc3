// Okta's documents, as far as programs look into them. What is not named here is kept and given back all the same.

/** Members that a document may have besides those that are named. */
interface Open {
  [member: string]: unknown;
}

/** Whether a provider takes part in sign-in. */
export type Status = 'ACTIVE' | 'INACTIVE';

/** Where and how a partner's service is reached. */
export interface Endpoint extends Open {
  url: string;
  binding?: 'HTTP-POST' | 'HTTP-REDIRECT';
  destination?: string;
  type?: 'INSTANCE' | 'ORG';
}

/** How requests are signed and responses checked. */
export interface Algorithms {
  request?: { signature: { algorithm: string; scope: string } };
  response?: { signature: { algorithm: string; scope: string } };
}

/** How users are found, linked and made. */
export interface Policy extends Open {
  accountLink?: { action: 'AUTO' | 'DISABLED'; filter?: unknown } & Open;
  provisioning?: { action: 'AUTO' | 'CALLOUT' | 'DISABLED'; profileMaster?: boolean } & Open;
  subject?: { userNameTemplate: { template: string }; matchType?: string } & Open;
  maxClockSkew?: number;
}

/** SAML 2.0. */
export interface Saml2Protocol extends Open {
  type: 'SAML2';
  endpoints: { sso: Endpoint; acs?: Endpoint; slo?: Endpoint };
  algorithms?: Algorithms;
  settings?: { nameFormat?: string } & Open;
  credentials: {
    trust: { issuer: string; audience?: string; kid: string; additionalKids?: string[] };
    signing?: { kid: string };
  };
}

/** OpenID Connect. */
export interface OidcProtocol extends Open {
  type: 'OIDC';
  endpoints: { authorization: Endpoint; token: Endpoint; jwks: Endpoint; userInfo?: Endpoint };
  scopes: string[];
  issuer: { url: string };
  credentials: { client: { client_id: string; client_secret?: string } & Open; signing?: { kid: string } };
}

/** How people sign in at a service whose endpoints Okta knows by itself, or prove there who they are. */
export interface SocialProtocol extends Open {
  type: 'OIDC' | 'OAUTH2' | 'ID_PROOFING';
  scopes?: string[];
  endpoints?: { authorization?: Endpoint; token?: Endpoint; jwks?: Endpoint; userInfo?: Endpoint; par?: Endpoint };
  issuer?: { url: string };
  credentials?: { client?: { client_id: string; client_secret?: string } & Open; signing?: { kid: string } } & Open;
}

/** Smart cards. */
export interface MtlsProtocol extends Open {
  type: 'MTLS';
}

interface Common {
  name: string;
  status?: Status;
  policy?: Policy;
}

/** What a provider is made of. */
export type ProviderInput =
  | (Common & { type: 'SAML2'; protocol: Saml2Protocol } & Open)
  | (Common & { type: 'OIDC'; protocol: OidcProtocol } & Open)
  | (Common & { type: ServiceType; protocol: SocialProtocol } & Open)
  | (Common & { type: 'X509'; protocol: MtlsProtocol } & Open);

/** Services at which people sign in, or prove who they are. */
export type ServiceType =
  | 'AMAZON'
  | 'APPLE'
  | 'DISCORD'
  | 'FACEBOOK'
  | 'GITHUB'
  | 'GITLAB'
  | 'GOOGLE'
  | 'IDV_CLEAR'
  | 'IDV_INCODE'
  | 'IDV_PERSONA'
  | 'IDV_STANDARD'
  | 'LINKEDIN'
  | 'LOGINGOV'
  | 'LOGINGOV_SANDBOX'
  | 'MICROSOFT'
  | 'OKTA_INTEGRATION'
  | 'PAYPAL'
  | 'PAYPAL_SANDBOX'
  | 'SALESFORCE'
  | 'SPOTIFY'
  | 'XERO'
  | 'YAHOO'
  | 'YAHOOJP';

/** A provider as the API shows it. */
export type Provider = ProviderInput & {
  id: string;
  status: Status;
  created: string | null;
  lastUpdated: string;
  _links: Record<string, unknown>;
};

/** A key as a JSON Web Key (RFC 7517) with its certificates. */
export interface KeyDocument {
  kid: string;
  kty: string;
  use: string;
  created: string;
  lastUpdated: string;
  expiresAt: string | null;
  alg?: string;
  x5c: string[];
  'x5t#S256': string;
  /** RSA */
  n?: string;
  e?: string;
  /** Elliptic curves */
  crv?: string;
  x?: string;
  y?: string;
}

/** A pending certification request. */
export interface Csr {
  id: string;
  created: string;
  /** PKCS #10 in base64. */
  csr: string;
  kty: string;
  _links: Record<string, unknown>;
}

/** For whom a certificate is requested. */
export interface CsrInput {
  subject?: {
    countryName?: string;
    stateOrProvinceName?: string;
    localityName?: string;
    organizationName?: string;
    organizationalUnitName?: string;
    commonName?: string;
  };
  subjectAltNames?: { dnsNames: string[] };
}

/** Which providers are listed. */
export interface ProviderQuery {
  /** Part of the name. */
  q?: string;
  type?: string;
  limit?: number;
  after?: string;
}
