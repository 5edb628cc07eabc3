// An open store: its verbs, `fetch`, snapshots, and what tests control; the same in this thread and in a worker.

/// <reference lib="esnext.disposable" preserve="true" />

import { fitting, FUNCTION, refused, TEXT } from './checks.js';
import type { Core } from './core.js';
import { StoreFile } from './file.js';
import { Faults, Requests, StoreClock } from './harness.js';
import type { Change } from './idpstore-types.js';
import { Listeners } from './listeners.js';
import type { OpenOptions } from './options.js';
import { Requester, type RequestOptions } from './requester.js';
import type { Snapshot } from './snapshot.js';
import { StoreSeal } from './store-seal.js';
import { Verbs } from './verbs.js';
import { resolved, type KeyWrap } from './wrap.js';

/** How many bytes a body may have without another limit. */
const BODY_LIMIT = 2 ** 20;

/** As much of the options as is needed. */
type Given = RequestOptions & Pick<OpenOptions, 'persist' | 'fetcher'>;

/** An open store. */
export class IdpStore extends Verbs {
  /** Faults that a test scripts; of a store in memory. */
  readonly faults: Faults;
  /** The requests that were answered, but those of the calls above that are no vendor's; of a store in memory. */
  readonly requests: Requests;
  /** The clock, which a test can move; of a store in memory. */
  readonly clock: StoreClock;
  /** What the store holds, as a file. */
  readonly file: StoreFile;
  /** What seals private keys and secrets where the store is kept. */
  readonly seal: StoreSeal;
  /** Whether the store can fetch what a partner publishes: it was opened with a `fetcher`. */
  readonly fetches: boolean;

  /**
   * Answers a request as the vendor's server would. It is bound: hand it on wherever a `fetch` is taken. Whatever
   * the vendor's API refuses is a response; what is no request at all is refused as by every `fetch`, with a
   * `TypeError`, and all other failures are an `IdpStoreError`. Its signal ends the waiting, for example for a key;
   * whether the call was carried out is then as unknown as with a network.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

  /** @internal How many bytes a body may have. */
  readonly bodyLimit: number;

  readonly #core: Core;
  readonly #listeners: Listeners;
  readonly #snapshots = new Map<string, Snapshot>();
  #beginning: Snapshot | undefined;

  /** @internal Stores come from `open` and `openInWorker`; `again` opens another one, in memory. */
  constructor(core: Core, { baseUrl, token, bodyLimit = BODY_LIMIT, persist, fetcher }: Given, again: (snapshot: Uint8Array) => Promise<IdpStore>) {
    const requests = new Requests();
    const { fetch, authorized, own } = new Requester(core, baseUrl === undefined ? undefined : String(baseUrl), token, requests);
    super(own, authorized);
    this.bodyLimit = bodyLimit;
    this.#core = core;
    this.fetch = fetch;
    this.requests = requests;
    this.faults = new Faults(core);
    this.file = new StoreFile(core, persist !== undefined, (bytes) => this.restore(bytes), again);
    this.seal = new StoreSeal(core);
    this.fetches = fetcher !== undefined;
    this.clock = new StoreClock(core, () => core.onWrite?.());
    this.#listeners = new Listeners(core, (query) => this.history.changes(query));
  }

  /**
   * All of it as a portable document with all secrets, and the whole of it sealed: `openDocument` of `idpstore/seal` by the same wrap gives
   * what `import` takes, and so does the command line.
   */
  async exportSealed(by: KeyWrap): Promise<string> {
    return (await this.#core.seal('export', await resolved(by))) as string;
  }

  /**
   * Everything that the store holds now, and how far its seed and test keys are used up. Under a name it is also kept with the store,
   * in place of what had that name.
   */
  async snapshot(name?: string): Promise<Snapshot> {
    if (name !== undefined) {
      fitting('name', name, TEXT);
      const kept = await this.#core.snapshot();
      this.#snapshots.get(name)?.[Symbol.dispose]();
      this.#snapshots.set(name, kept);
    }
    return this.#core.snapshot();
  }

  /**
   * Goes back to a snapshot: of this store, by its name, or as bytes of any. The change log is then that of the snapshot and an
   * entry `restored`, whose number follows on the last that was given.
   */
  async restore(snapshot: Snapshot | Uint8Array | string): Promise<void> {
    const found = typeof snapshot === 'string' ? this.#snapshots.get(snapshot) : snapshot;
    if (!found) throw refused(`there is no snapshot \`${String(snapshot)}\``);
    await this.#listeners.back(() => this.#core.restore(found));
  }

  /** Goes back to how it was opened, without faults and requests, and with the clock as it was. Snapshots stay. */
  async reset(): Promise<void> {
    await this.#listeners.back(async () => {
      await this.#core.reset();
      if (this.#beginning) await this.#core.restore(this.#beginning);
    });
    this.requests.clear();
  }

  /** @internal What it holds now is how it was opened. */
  async beginHere(): Promise<void> {
    this.requests.clear();
    this.#beginning = await this.#core.snapshot();
  }

  override async subscribe(listener: (change: Change) => void): Promise<() => void> {
    fitting('listener', listener, FUNCTION);
    return this.#listeners.add(listener);
  }

  /** Closes the store; a lasting one can then be opened elsewhere. */
  async close(): Promise<void> {
    this.#listeners.clear();
    for (const snapshot of [this.#beginning, ...this.#snapshots.values()]) snapshot?.[Symbol.dispose]();
    this.#snapshots.clear();
    this.#beginning = undefined;
    await this.#core.close();
  }

  /** `using store = await open(…)` closes it at the end of the block. */
  [Symbol.dispose](): void {
    void this.close();
  }

  /** `await using store = await open(…)` waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
