// Names that are the same in every language.

const KINDS: Record<string, string> = {
  saml: 'SAML',
  open_id_connect: 'OpenID Connect',
  mutual_tls: 'mTLS',
  github: 'GitHub',
  github_enterprise: 'GitHub Enterprise',
  gitlab: 'GitLab',
  gitlab_self_hosted: 'GitLab (self-hosted)',
  linkedin: 'LinkedIn',
  paypal: 'PayPal',
  ldap: 'LDAP',
  jwt: 'JWT',
  oauth: 'OAuth',
};

/** A kind of providers, such as `saml`, or the service that it is of, such as `google`. */
export function kindName(kind: string): string {
  return KINDS[kind] ?? capital(kind);
}

/** What a name in code is in words, such as `Signing key promoted`. */
export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

/** Names for members of a provider; those that have none keep the name that they have in documents. */
export function memberNames(names: Record<string, string>): (member: string) => string {
  return (member) => names[member] ?? member.replaceAll('_', ' ');
}

/** A name in a sentence, which it does not turn around if it is written from right to left. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
