// What a program written in TypeScript may rely on; it is compiled, never run.
import { accepted, IdpStoreError, open, type Change, type ErrorCode, type IdpStore, type Provider, type ProviderInput } from 'idpstore';
import { handlers } from 'idpstore/msw';
import { listen, requestListener } from 'idpstore/node';
import { requestExecutor } from 'idpstore/okta';
import { answerFetch } from 'idpstore/service-worker';
import { openInWorker } from 'idpstore/worker';

const input: ProviderInput = {
  type: 'OIDC',
  name: 'Partner',
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
};

/** As small as the API takes them. */
const services: ProviderInput[] = [
  {
    type: 'GOOGLE',
    name: 'Google',
    protocol: { type: 'OIDC', scopes: ['openid', 'email'], credentials: { client: { client_id: 'id', client_secret: 'secret' } } },
  },
  {
    type: 'IDV_PERSONA',
    name: 'Persona',
    protocol: { type: 'ID_PROOFING', credentials: { bearer: { apiKey: 'key' } } },
  },
  { type: 'X509', name: 'Smart cards', protocol: { type: 'MTLS', credentials: { trust: { kid: 'kid' } } } },
];

export async function sample(): Promise<void> {
  const store: IdpStore = await open({ seed: 'a', now: new Date(), baseUrl: 'https://example.okta.com' });
  const lasting = await openInWorker({ persist: { path: 'admin.redb', exclusive: true }, now: () => Date.now(), fetcher: fetch });
  const provider: Provider = await store.okta.createIdentityProvider(input);
  if (provider.type === 'OIDC') {
    const issuer: string = provider.protocol.issuer.url;
    void issuer;
  } else if (provider.type === 'SAML2') {
    const kid: string = provider.protocol.credentials.trust.kid;
    void kid;
  }
  for (const service of services) await store.okta.createIdentityProvider(service);
  const end = await store.subscribe((change: Change) => void change.kind);
  end();
  try {
    await store.okta.generateCsrForIdentityProvider(provider.id, { subject: { commonName: 'sp.example' } });
    await store.signingKeys.rotate(provider.id, { validityYears: 3 });
  } catch (error) {
    if (error instanceof IdpStoreError) {
      const code: ErrorCode = error.code;
      void code;
      if (error.response?.vendor === 'okta') {
        const causes: string[] | undefined = error.response.body.errorCauses?.map((cause) => cause.errorSummary);
        void causes;
      } else if (error.response?.vendor === 'pingone') {
        const target: string | undefined = error.response.body.details?.[0]?.target;
        void target;
      }
    }
  }
  const fetchLike: typeof fetch = store.fetch;
  void [fetchLike, handlers(store), requestListener(store), requestExecutor(store), await listen(store, { port: 0, allowHosts: ['example.okta.com'], allowOrigins: 'any' })];
  const refused: Response = await accepted(await store.fetch('/v1/environments'));
  void refused;
  answerFetch(lasting);
  // @ts-expect-error a provider of SAML needs its protocol
  await store.okta.createIdentityProvider({ type: 'SAML2', name: 'Partner' });
  // @ts-expect-error there is no such option
  await open({ sead: 1 });
  // @ts-expect-error snapshots come from a store
  await store.restore({});
  await store.close();
}
