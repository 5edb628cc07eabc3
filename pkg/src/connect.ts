// `idpstore/connect`: the store of a server, such as of `idpstore serve`, with the same verbs as one that is open here.

import { checked, FUNCTION, TEXT, whole, type Rules } from './checks.js';
import type { Fetch } from './client.js';
import { IdpStoreError } from './errors.js';
import type { Change } from './idpstore-types.js';
import { Listeners, type Watchable } from './listeners.js';
import { Verbs } from './verbs.js';

/** How a server is reached. */
export interface ConnectOptions {
  /** The token that it requires. */
  token?: string;
  /** How often it is looked whether there are changes, as long as there are listeners; in milliseconds, by default 1000. */
  every?: number;
  /** Makes the requests, in place of the global `fetch`. */
  fetch?: typeof fetch;
}

const OPTIONS: Rules<ConnectOptions> = { token: TEXT, every: whole(1, 2 ** 31 - 1), fetch: FUNCTION };

/** The store of a server. */
export class Connection extends Verbs {
  /** The URL of the server. */
  readonly url: string;

  readonly #watch: Watch;
  readonly #listeners: Listeners;

  /** @internal */
  constructor(url: string, fetch: Fetch, every: number) {
    super(fetch, fetch);
    this.url = url;
    this.#watch = new Watch(async () => (await this.history.changes({ after: Number.MAX_SAFE_INTEGER, limit: 1 })).last, every);
    this.#listeners = new Listeners(this.#watch, (query) => this.history.changes(query));
  }

  override async subscribe(listener: (change: Change) => void): Promise<() => void> {
    return this.#listeners.add(listener);
  }

  /** @internal Looks at once whether there are changes, after a call that may have made some. */
  look(): void {
    this.#watch.now();
  }

  /** Ends listening. The server goes on. */
  async close(): Promise<void> {
    this.#listeners.clear();
  }
}

/** Looks again and again whether there are changes, as long as anyone wants to know. */
class Watch implements Watchable {
  #timer: ReturnType<typeof setInterval> | undefined;
  #look: (() => void) | undefined;

  constructor(
    readonly lastChange: () => Promise<number>,
    private readonly every: number,
  ) {}

  set onWrite(look: (() => void) | undefined) {
    clearInterval(this.#timer);
    this.#look = look;
    this.#timer = look && setInterval(look, this.every);
  }

  /** Looks at once. */
  now(): void {
    this.#look?.();
  }
}

/**
 * Connects with the server at an address. A call without an answer fails with `ERR_INTERRUPTED`: whether it was carried out is
 * unknown. Listeners and live queries go on once the server answers again.
 *
 * ```js
 * const store = connect('http://127.0.0.1:8080', { token });
 * for await (const { name } of store.providers.list()) console.log(name);
 * ```
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Connection {
  const { token, every = 1000, fetch = globalThis.fetch } = checked(options, OPTIONS);
  const send: Fetch = async (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    const address = new URL(path, url);
    try {
      const response = await fetch(address, { ...init, headers });
      if ((init.method ?? 'GET') !== 'GET') connection.look();
      return response;
    } catch (cause) {
      throw new IdpStoreError('ERR_INTERRUPTED', `no answer of ${address.origin}: ${String(cause)}`, { cause });
    }
  };
  const connection = new Connection(String(url), send, every);
  return connection;
}
