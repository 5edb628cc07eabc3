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

export async function names(store) {
  return (await store.providers.list()).map(({ name }) => name);
}
