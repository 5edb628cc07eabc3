// What a program written in TypeScript may rely on; it is compiled, never run.
import { accepted, IdpStoreError, open, type Change, type ErrorCode, type IdpStore, type Live, type okta, type Plan, type Provider } from 'idpstore';
import { samlMetadata, samlProvider } from 'idpstore/factories';
import { handlers } from 'idpstore/msw';
import { listen, requestListener } from 'idpstore/node';
import { requestExecutor } from 'idpstore/okta';
import { answerFetch } from 'idpstore/service-worker';
import { openInWorker } from 'idpstore/worker';

const policy = {
  accountLink: { action: 'AUTO' },
  provisioning: { action: 'AUTO' },
  subject: { userNameTemplate: { template: 'idpuser.email' }, matchType: 'USERNAME' },
};

const input: okta.IdentityProviderInput = {
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
  policy,
};

/** As small as the API takes them. */
const services: okta.IdentityProviderInput[] = [
  {
    type: 'GOOGLE',
    name: 'Google',
    protocol: { type: 'OIDC', scopes: ['openid', 'email'], credentials: { client: { client_id: 'id', client_secret: 'secret' } } },
    policy,
  },
  {
    type: 'IDV_PERSONA',
    name: 'Persona',
    protocol: { type: 'ID_PROOFING', credentials: { bearer: { apiKey: 'key' } } },
    policy,
  },
  { type: 'X509', name: 'Smart cards', protocol: { type: 'MTLS', credentials: { trust: { kid: 'kid' } } }, policy },
];

export async function sample(): Promise<void> {
  const store: IdpStore = await open({ seed: 'a', now: new Date(), baseUrl: 'https://example.okta.com' });
  const lasting = await openInWorker({ persist: { path: 'admin.redb', exclusive: true }, now: () => Date.now(), fetcher: fetch });
  const provider: okta.IdentityProvider = await store.okta.createIdentityProvider(input);
  const issuer: string | null | undefined = provider.protocol?.issuer?.url;
  void issuer;
  // A literal in a constant needs no cast.
  const google = { type: 'GOOGLE', name: 'Google', protocol: { type: 'OIDC', scopes: ['openid'] }, policy };
  await store.okta.createIdentityProvider(google);
  const made = await store.providers.create({ metadata: samlMetadata(), alias: 'partner' });
  const partner: Provider = made.provider;
  if (partner.protocol.type === 'saml') {
    const entity: string | undefined = partner.protocol.entity_id;
    void entity;
  }
  const plan: Plan = await store.providers.delete('partner', { plan: true });
  const nothing: void = await store.providers.delete('partner');
  void [plan, nothing];
  for await (const { name } of store.providers.list({ kind: 'saml' })) void name;
  const live: Live<Provider[]> = store.live((query) => query.providers({ name: 'partner' }));
  live.subscribe((providers) => void providers.length);
  const key = await store.rotation.prepare({ owners: ['partner'] });
  await store.rotation.promote({ kid: key.kid, owners: ['partner'] });
  await open({ seed: samlProvider({ name: 'Partner' }) });
  await open({ seed: (filled) => filled.import(samlProvider()) });
  for (const service of services) await store.okta.createIdentityProvider(service);
  const bytes: Uint8Array = await (await store.snapshot()).toBytes();
  await open({ snapshot: bytes });
  void new Blob([await (await store.snapshot()).toBytes()]);
  const end = await store.subscribe((change: Change) => void change.kind);
  end();
  try {
    await store.okta.generateCsrForIdentityProvider(provider.id, { subject: { commonName: 'sp.example' } });
  } catch (error) {
    if (IdpStoreError.is(error)) {
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
  // @ts-expect-error there is no such member
  await store.okta.createIdentityProvider({ type: 'OIDC', name: 'Partner', protocoll: {} });
  // @ts-expect-error there is no such parameter
  await store.providers.list({ limt: 1 });
  // @ts-expect-error there is no such operation
  await store.faults.use({ operation: 'listIdentityProvider', status: 429 });
  // @ts-expect-error there is no such option
  await open({ sead: 1 });
  // @ts-expect-error snapshots come from a store
  await store.restore({});
  await store.close();
}
