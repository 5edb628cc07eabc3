// Typed calls: Okta's documents through any `fetch`. What the API refuses is thrown as `ERR_RESPONSE`.

import { checked, TEXT, whole, type Rules } from './checks.js';
import type { KeyChange } from './core.js';
import type { Csr, CsrInput, KeyDocument, Provider, ProviderInput, ProviderQuery } from './okta-types.js';
import { accepted } from './refusal.js';

export type * from './okta-types.js';

type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

const IDPS = '/api/v1/idps';

class Calls {
  constructor(protected readonly fetch: Fetch) {}

  protected async call<T>(method: string, path: string, document?: unknown): Promise<T> {
    return (await this.send(method, path, document)).json() as Promise<T>;
  }

  protected async send(method: string, path: string, document?: unknown, type = 'application/json'): Promise<Response> {
    const body = document === undefined ? undefined : type === 'application/json' ? JSON.stringify(document) : document;
    const init = { method, ...(body === undefined ? {} : { body: body as BodyInit, headers: { 'content-type': type } }) };
    return accepted(await this.fetch(path, init), `${method} ${path}`);
  }
}

/** Which numbers are too large or too small for a call, its vendor decides. */
const COUNT = whole(0, 2 ** 32 - 1);
const PAGE: Rules<{ limit?: number; after?: string }> = { limit: COUNT, after: TEXT };
const PROVIDERS: Rules<ProviderQuery> = { q: TEXT, type: TEXT, ...PAGE };
const VALIDITY: Rules<{ validityYears?: number }> = { validityYears: COUNT };

/** Identity providers. */
export class Providers extends Calls {
  /** One page, in the order in which they were made. */
  list(query: ProviderQuery = {}): Promise<Provider[]> {
    return this.call('GET', IDPS + parameters(query, PROVIDERS));
  }

  /** All of them, page by page. */
  async *all(query: Omit<ProviderQuery, 'after'> = {}): AsyncGenerator<Provider> {
    let path: string | undefined = IDPS + parameters(query, PROVIDERS);
    while (path !== undefined) {
      const response: Response = await this.send('GET', path);
      yield* (await response.json()) as Provider[];
      path = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    }
  }

  get(id: string): Promise<Provider> {
    return this.call('GET', at(IDPS, id));
  }

  create(provider: ProviderInput): Promise<Provider> {
    return this.call('POST', IDPS, provider);
  }

  replace(id: string, provider: ProviderInput): Promise<Provider> {
    return this.call('PUT', at(IDPS, id), provider);
  }

  activate(id: string): Promise<Provider> {
    return this.call('POST', `${at(IDPS, id)}/lifecycle/activate`);
  }

  deactivate(id: string): Promise<Provider> {
    return this.call('POST', `${at(IDPS, id)}/lifecycle/deactivate`);
  }

  async delete(id: string): Promise<void> {
    await this.send('DELETE', at(IDPS, id));
  }

  /** The metadata that a SAML partner is given about us, in XML. */
  async metadata(id: string): Promise<string> {
    return (await this.send('GET', `${at(IDPS, id)}/metadata.xml`)).text();
  }
}

/** Certificates of partners. */
export class TrustedKeys extends Calls {
  list(query: { limit?: number; after?: string } = {}): Promise<KeyDocument[]> {
    return this.call('GET', TRUSTED + parameters(query, PAGE));
  }

  get(kid: string): Promise<KeyDocument> {
    return this.call('GET', at(TRUSTED, kid));
  }

  /** Imports a certificate, followed by those that lead to its root, each in base64. */
  import(...x5c: [string, ...string[]]): Promise<KeyDocument> {
    return this.call('POST', TRUSTED, { x5c });
  }

  /** Puts another certificate in the key's place; its `kid` stays. */
  replace(kid: string, ...x5c: [string, ...string[]]): Promise<KeyDocument> {
    return this.call('PUT', at(TRUSTED, kid), { x5c });
  }

  async delete(kid: string): Promise<void> {
    await this.send('DELETE', at(TRUSTED, kid));
  }
}

const TRUSTED = `${IDPS}/credentials/keys`;

/** Keys that providers sign with. */
export class SigningKeys extends Calls {
  /** @internal */
  constructor(
    fetch: Fetch,
    private readonly signWith: (path: string, change: KeyChange) => Promise<Response>,
  ) {
    super(fetch);
  }

  list(provider: string): Promise<KeyDocument[]> {
    return this.call('GET', keysOf(provider));
  }

  get(provider: string, kid: string): Promise<KeyDocument> {
    return this.call('GET', at(keysOf(provider), kid));
  }

  /** Makes a key, with a certificate that it issues to itself. The provider does not use it yet. */
  generate(provider: string, options: { validityYears?: number } = {}): Promise<KeyDocument> {
    const { validityYears = 2 } = checked(options, VALIDITY);
    return this.call('POST', `${keysOf(provider)}/generate${parameters({ validityYears })}`);
  }

  /** Lets another provider sign with a key, too. */
  clone(provider: string, kid: string, target: string): Promise<KeyDocument> {
    return this.call('POST', `${at(keysOf(provider), kid)}/clone${parameters({ targetIdpId: target })}`);
  }

  /** Lets a provider sign with one of its keys from now on. Nothing else about the provider changes. */
  use(provider: string, kid: string): Promise<Provider> {
    return this.#sign('use', { provider, key: { kid } });
  }

  /** Makes a new key and lets the provider sign with it from now on, in one step; the old one stays with the provider. */
  rotate(provider: string, options: { validityYears?: number } = {}): Promise<KeyDocument> {
    const { validityYears = 2 } = checked(options, VALIDITY);
    return this.#sign('rotate', { provider, key: { validityYears } });
  }

  async #sign<T>(name: string, change: KeyChange): Promise<T> {
    const response = await this.signWith(at(IDPS, change.provider), change);
    return (await accepted(response, `signingKeys.${name}`)).json() as Promise<T>;
  }
}

/** Certification requests. */
export class Csrs extends Calls {
  list(provider: string): Promise<Csr[]> {
    return this.call('GET', csrsOf(provider));
  }

  get(provider: string, id: string): Promise<Csr> {
    return this.call('GET', at(csrsOf(provider), id));
  }

  /** Makes a key pair, and the request to certify it. */
  create(provider: string, request: CsrInput): Promise<Csr> {
    return this.call('POST', csrsOf(provider), request);
  }

  async revoke(provider: string, id: string): Promise<void> {
    await this.send('DELETE', at(csrsOf(provider), id));
  }

  /** Installs the certificate that was issued: DER, PEM or base64. Its key is then one of the provider's. */
  async publish(provider: string, id: string, certificate: string | Uint8Array): Promise<KeyDocument> {
    const path = `${at(csrsOf(provider), id)}/lifecycle/publish`;
    return (await this.send('POST', path, certificate, 'application/x-x509-ca-cert')).json() as Promise<KeyDocument>;
  }
}

function at(collection: string, id: string): string {
  return `${collection}/${encodeURIComponent(id)}`;
}

function keysOf(provider: string): string {
  return `${at(IDPS, provider)}/credentials/keys`;
}

function csrsOf(provider: string): string {
  return `${at(IDPS, provider)}/credentials/csrs`;
}

function parameters<Query extends object>(query: Query, rules?: Rules<Query>): string {
  if (rules) checked(query, rules);
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
