// Typed calls: Okta's documents through any `fetch`. What the API refuses is thrown as `ERR_RESPONSE`.

import { IdpStoreError } from './errors.js';
import type { Csr, CsrInput, KeyDocument, Provider, ProviderInput, ProviderQuery } from './okta-types.js';

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
    const response = await this.fetch(path, init);
    if (response.ok) return response;
    const refusal = await response.text();
    throw new IdpStoreError('ERR_RESPONSE', `${method} ${path}: ${response.status} ${summary(refusal)}`, {
      response: { status: response.status, body: parsed(refusal) },
    });
  }
}

/** Identity providers. */
export class Providers extends Calls {
  /** One page, in the order in which they were made. */
  list(query: ProviderQuery = {}): Promise<Provider[]> {
    return this.call('GET', IDPS + parameters(query));
  }

  /** All of them, page by page. */
  async *all(query: Omit<ProviderQuery, 'after'> = {}): AsyncGenerator<Provider> {
    let path: string | undefined = IDPS + parameters(query);
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
    return this.call('GET', TRUSTED + parameters(query));
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
  constructor(
    fetch: Fetch,
    private readonly providers: Providers,
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
  generate(provider: string, { validityYears = 2 }: { validityYears?: number } = {}): Promise<KeyDocument> {
    return this.call('POST', `${keysOf(provider)}/generate${parameters({ validityYears })}`);
  }

  /** Lets another provider sign with a key, too. */
  clone(provider: string, kid: string, target: string): Promise<KeyDocument> {
    return this.call('POST', `${at(keysOf(provider), kid)}/clone${parameters({ targetIdpId: target })}`);
  }

  /** Lets a provider sign with one of its keys from now on. */
  async use(provider: string, kid: string): Promise<Provider> {
    const document = await this.providers.get(provider);
    const protocol = document.protocol as { credentials?: Record<string, unknown> };
    protocol.credentials = { ...protocol.credentials, signing: { kid } };
    return this.providers.replace(provider, document);
  }

  /** Makes a new key and lets the provider sign with it from now on; the old one stays with the provider. */
  async rotate(provider: string, options: { validityYears?: number } = {}): Promise<KeyDocument> {
    const key = await this.generate(provider, options);
    await this.use(provider, key.kid);
    return key;
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

function parameters(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** Okta's own summary of what went wrong, where the answer has one. */
function summary(body: string): string {
  const document = parsed(body) as { errorSummary?: string } | undefined;
  return document?.errorSummary ?? body.slice(0, 200);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
