// What is tested: a client of Okta's API that keeps partners' OpenID Connect providers in order.

export class AdminClient {
  constructor({ orgUrl, token, fetch = globalThis.fetch }) {
    this.orgUrl = orgUrl;
    this.token = token;
    this.fetch = fetch;
  }

  /** Makes the partner's provider, or brings it up to date; gives its id. */
  async ensurePartner({ name, issuer, clientId, clientSecret }) {
    const found = await this.#call('GET', `/api/v1/idps?q=${encodeURIComponent(name)}`);
    const existing = found.find((provider) => provider.name === name);
    const document = {
      type: 'OIDC',
      name,
      protocol: {
        type: 'OIDC',
        endpoints: {
          authorization: { url: `${issuer}/authorize`, binding: 'HTTP-REDIRECT' },
          token: { url: `${issuer}/token`, binding: 'HTTP-POST' },
          jwks: { url: `${issuer}/keys`, binding: 'HTTP-REDIRECT' },
        },
        scopes: ['openid', 'email'],
        issuer: { url: issuer },
        credentials: { client: { client_id: clientId, client_secret: clientSecret } },
      },
      policy: {
        accountLink: { action: 'AUTO', filter: null },
        provisioning: { action: 'AUTO' },
        maxClockSkew: 0,
        subject: { userNameTemplate: { template: 'idpuser.email' }, matchType: 'USERNAME' },
      },
    };
    const provider = existing
      ? await this.#call('PUT', `/api/v1/idps/${existing.id}`, document)
      : await this.#call('POST', '/api/v1/idps', document);
    return provider.id;
  }

  /** Switches off every provider that is not named. */
  async keepOnly(names) {
    for (const provider of await this.#call('GET', '/api/v1/idps?limit=200')) {
      if (provider.status === 'ACTIVE' && !names.includes(provider.name)) {
        await this.#call('POST', `/api/v1/idps/${provider.id}/lifecycle/deactivate`);
      }
    }
  }

  async #call(method, path, document) {
    const response = await this.fetch(this.orgUrl + path, {
      method,
      headers: { authorization: `SSWS ${this.token}`, 'content-type': 'application/json' },
      ...(document ? { body: JSON.stringify(document) } : {}),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${answer.errorCode}: ${answer.errorSummary}`);
    return answer;
  }
}
