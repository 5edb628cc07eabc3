// The verbs of the neutral API and the vendors' APIs beside them: of a store here, or of one that a server has; and of a store
// as it was.

import { fitting, FUNCTION, whole } from './checks.js';
import type { Fetch } from './client.js';
import {
  ApplicationCalls,
  CrossingCalls,
  CsrCalls,
  HistoryCalls,
  KeyCalls,
  MetadataCalls,
  ProviderCalls,
  RotationCalls,
  StoreCalls,
  TenantCalls,
} from './idpstore-client.js';
import type { Change } from './idpstore-types.js';
import { Live } from './live.js';
import { IdpStoreError } from './errors.js';
import { OktaClient } from './okta-client.js';
import { PingOneClient } from './pingone-client.js';
import { Queries, type Query } from './queries.js';
import { ZitadelClient } from './zitadel-client.js';

/** What can be done with a store, wherever it is. */
export abstract class Verbs extends StoreCalls {
  /** Identity providers. */
  readonly providers: ProviderCalls;
  /** Applications that sign in with us. */
  readonly applications: ApplicationCalls;
  /** Keys, who uses them, and which certificates end soon. */
  readonly keys: KeyCalls;
  /** Certification requests for new keys. */
  readonly csrs: CsrCalls;
  /** The rotation of signing keys, with overlap. */
  readonly rotation: RotationCalls;
  /** What partners publish, and what we publish for them. */
  readonly metadata: MetadataCalls;
  /** What does not cross to another vendor's API. */
  readonly crossing: CrossingCalls;
  /** What was done, and how to undo it. */
  readonly history: HistoryCalls;
  /** Tenants. */
  readonly tenants: TenantCalls;

  /** The operations of Okta's API. */
  readonly okta: OktaClient;
  /** The operations of PingOne's API. */
  readonly pingone: PingOneClient;
  /** The operations of ZITADEL's API. */
  readonly zitadel: ZitadelClient;

  readonly #queries: Queries;

  /** @internal `own` answers the neutral calls, and `fetch` those of the vendors' clients. */
  constructor(own: Fetch, fetch: Fetch) {
    super(own);
    this.providers = new ProviderCalls(own);
    this.applications = new ApplicationCalls(own);
    this.keys = new KeyCalls(own);
    this.csrs = new CsrCalls(own);
    this.rotation = new RotationCalls(own);
    this.metadata = new MetadataCalls(own);
    this.crossing = new CrossingCalls(own);
    this.history = new HistoryCalls(own);
    this.tenants = new TenantCalls(own);
    this.okta = new OktaClient(fetch);
    this.pingone = new PingOneClient(fetch);
    this.zitadel = new ZitadelClient(fetch);
    this.#queries = new Queries(this);
  }

  /** Calls `listener` with each change from now on, in order. What comes back ends it. */
  abstract subscribe(listener: (change: Change) => void): Promise<() => void>;

  /**
   * The result of a query, and again whenever it is another. A change costs what it has changed, however much the store holds.
   *
   * ```js
   * const live = store.live((query) => query.providers({ name: 'partner' }));
   * const end = live.subscribe((providers) => render(providers));
   * ```
   */
  live<T>(query: (queries: Queries) => Query<T>): Live<T> {
    fitting('query', query, FUNCTION);
    return new Live(query(this.#queries), (listener) => this.subscribe(listener));
  }

  /**
   * The store as it was after the change with this number, for reading; 0 is before the first.
   *
   * ```js
   * const before = store.at(change.number - 1);
   * const { name } = await before.providers.get('partner');
   * ```
   */
  at(number: number): Past {
    return new Past(this.request, number);
  }
}

/** A store as it was: each call answers what it did then. What would change something fails, and so do the vendors' APIs. */
export class Past extends Verbs {
  /** @internal `now` answers the neutral calls of the store as it is. */
  constructor(
    private readonly now: Fetch,
    /** The number of the change after which the store was so. */
    readonly number: number,
  ) {
    super(dated(now, number), async (path) => {
      throw new IdpStoreError('ERR_UNSUPPORTED', `${path} is of a vendor's API, which shows the store as it is now alone`);
    });
  }

  /** The past does not change: `listener` is never called. */
  override async subscribe(_listener: (change: Change) => void): Promise<() => void> {
    return () => {};
  }

  /** The same store after another change. */
  override at(number: number): Past {
    return new Past(this.now, number);
  }
}

/** Answers neutral calls with what the store was after a change. */
function dated(now: Fetch, number: number): Fetch {
  fitting('number', number, whole(0, Number.MAX_SAFE_INTEGER));
  return async (path, init) => {
    const method = init?.method ?? 'GET';
    if (method !== 'GET') {
      throw new IdpStoreError('ERR_UNSUPPORTED', `the store as it was after change ${number} cannot be changed: ${method} ${path}`);
    }
    return now(`${path}${path.includes('?') ? '&' : '?'}as_of=${number}`, init);
  };
}
