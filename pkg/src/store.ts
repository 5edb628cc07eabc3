// The face of a store: `fetch`, snapshots, the change log, and typed calls; the same in this thread and in a worker.

import { fitting, FUNCTION, whole } from './checks.js';
import type { Core, KeyChange } from './core.js';
import { IdpStoreError } from './errors.js';
import { StoreFile } from './file.js';
import { dropped, Faults, Requests, StoreClock } from './harness.js';
import { message, response, signalOf, unlessAborted } from './message.js';
import { Csrs, Providers, SigningKeys, TrustedKeys } from './okta-client.js';
import type { Snapshot } from './snapshot.js';

/** One entry of the change log. */
export interface Change {
  /**
   * The number of the call of which it is a part. Numbers ascend, and none is given to two calls: after the store went back they go on behind those of the changes
   * that were undone.
   */
  sequence: number;
  /** When it happened, in milliseconds since 1970. */
  time: number;
  /** Whose record it was: the record's number in decimal. */
  tenant: string;
  /** The vendor's API through which it was done, `library`, or `clock` for what the clock alone has brought. */
  actor: string;
  /** What was done. */
  kind:
    | 'application_created'
    | 'application_replaced'
    | 'application_activated'
    | 'application_deactivated'
    | 'application_deleted'
    | 'provider_created'
    | 'provider_replaced'
    | 'provider_activated'
    | 'provider_deactivated'
    | 'provider_deleted'
    | 'provider_trust_ended'
    | 'trusted_key_imported'
    | 'trusted_key_replaced'
    | 'trusted_key_deleted'
    | 'trusted_key_expiring'
    | 'trusted_key_expired'
    | 'signing_key_generated'
    | 'signing_key_cloned'
    | 'signing_key_imported'
    | 'signing_key_replaced'
    | 'signing_key_deleted'
    | 'signing_key_prepared'
    | 'signing_key_promoted'
    | 'signing_key_rolled_back'
    | 'signing_key_retired'
    | 'signing_key_expiring'
    | 'signing_key_expired'
    | 'request_created'
    | 'request_revoked'
    | 'certificate_installed'
    | 'tenant_created'
    | 'tenant_deleted'
    | 'user_created'
    | 'user_deactivated'
    | 'user_deleted'
    | 'user_linked'
    | 'user_unlinked'
    | 'imported'
    | 'restored'
    | 'undone';
  /**
   * To which record, or for which owner a key or request was made: the record's number in decimal. `1` for `restored`, the key itself
   * where its certificate ends.
   */
  subject: string;
  /** The same record as each vendor's API spells its id, if it shows it. */
  ids: { okta: string; pingone: string; zitadel: string };
  /** Which key, where it was one. */
  kid: string | null;
  /** When it was due, if the clock alone has brought it (ends of overlaps and certificates), in milliseconds of Unix time. */
  due: number | null;
  /** In how many days from then the certificate ends, if it ends soon: 60, 30, 7 or 1. */
  days: number | null;
  /** The number of the change that it undoes, where it undoes one. */
  undoes: number | null;
}

/** Who is called, and after which change. */
interface Listener {
  readonly listener: (change: Change) => void;
  after: number;
}

/** How many changes are read at a time. */
const PORTION = 1000;
/** After how many milliseconds changes are read again that could not be. */
const RETRY = 1000;

/** An open store. */
export class IdpStore {
  /** Identity providers. */
  readonly providers: Providers;
  /** Certificates of partners. */
  readonly trustedKeys: TrustedKeys;
  /** Keys that providers sign with, and their rotation. */
  readonly signingKeys: SigningKeys;
  /** Certification requests. */
  readonly csrs: Csrs;
  /** Faults that a test scripts; of a store in memory. */
  readonly faults: Faults;
  /** The requests that were answered; of a store in memory. */
  readonly requests = new Requests();
  /** The clock, which a test can move; of a store in memory. */
  readonly clock: StoreClock;

  /** What the store holds, as a file. */
  readonly file: StoreFile;

  readonly #core: Core;
  readonly #baseUrl: string | undefined;
  readonly #listeners = new Set<Listener>();
  #told = 0;
  #telling: Promise<void> = Promise.resolve();

  /** @internal Stores come from `open` and `openInWorker`. */
  constructor(core: Core, baseUrl: string | undefined) {
    this.#core = core;
    this.#baseUrl = baseUrl;
    this.providers = new Providers(this.fetch);
    this.trustedKeys = new TrustedKeys(this.fetch);
    this.signingKeys = new SigningKeys(this.fetch, this.#signWith);
    this.csrs = new Csrs(this.fetch);
    this.faults = new Faults(core);
    this.file = new StoreFile(core, (bytes) => this.restore(bytes));
    this.clock = new StoreClock(core, () => this.#core.onWrite?.());
  }

  /**
   * Answers a request as the vendor's server would. It is bound: hand it on wherever a `fetch` is taken. Whatever
   * the vendor's API refuses is a response; what is no request at all is refused as by every `fetch`, with a
   * `TypeError`, and all other failures are an `IdpStoreError`. Its signal ends the waiting, for example for a key;
   * whether the call was carried out is then as unknown as with a network.
   */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = await message(input, init, this.#baseUrl);
    const signal = signalOf(input, init);
    signal?.throwIfAborted();
    const answer = this.#core.handle(request);
    const answered = answer.then(this.#answered);
    return signal ? unlessAborted(answered, signal) : answered;
  };

  /** What the module gave, as a scripted fault lets it be seen. */
  readonly #answered = async (bytes: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const [answer, noted] = response(bytes);
    if (noted) {
      this.requests.note(noted.served);
      if (noted.delay > 0) await new Promise((resolve) => setTimeout(resolve, noted.delay));
      if (noted.drop) throw dropped();
    }
    return answer;
  };

  readonly #signWith = async (path: string, change: KeyChange): Promise<Response> =>
    this.#answered(await this.#core.signWith(await message(path, undefined, this.#baseUrl), change));

  /** Everything that the store holds now, and how far its seed and test keys are used up. */
  async snapshot(): Promise<Snapshot> {
    return this.#core.snapshot();
  }

  /**
   * Goes back to a snapshot, of this store or, as bytes, of any. The change log is then that of the snapshot and an entry `restored`, whose number follows on
   * the last that was given.
   */
  async restore(snapshot: Snapshot | Uint8Array): Promise<void> {
    await this.#back(() => this.#core.restore(snapshot));
  }

  /** Goes back to a new store, without faults and requests, and with the clock as it was. */
  async reset(): Promise<void> {
    await this.#back(() => this.#core.reset());
    this.requests.clear();
  }

  /**
   * Up to `limit` changes after those with the number `since` (0: from the start). What was done together has one number
   * and is never divided: the last changes may make the list longer than `limit`.
   */
  async changes(since = 0, limit = PORTION): Promise<Change[]> {
    fitting('since', since, whole(0, Number.MAX_SAFE_INTEGER));
    fitting('limit', limit, whole(0, 2 ** 32 - 1));
    return JSON.parse(await this.#core.changes(since, limit)) as Change[];
  }

  /** Calls `listener` with each change from now on, in order. What comes back ends it. */
  async subscribe(listener: (change: Change) => void): Promise<() => void> {
    fitting('listener', listener, FUNCTION);
    const told = { listener, after: await this.#core.lastChange() };
    if (this.#listeners.size === 0) this.#told = told.after;
    this.#listeners.add(told);
    const tell = () => {
      this.#telling = this.#telling.then(() => this.#tell());
    };
    this.#core.onWrite = tell;
    // What was written while the number of the last change was read.
    tell();
    return () => {
      this.#listeners.delete(told);
      if (this.#listeners.size === 0) this.#core.onWrite = undefined;
    };
  }

  /** Closes the store; a lasting one can then be opened elsewhere. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#core.onWrite = undefined;
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

  /** Goes back, once the listeners have received what has happened, which is no longer in the change log afterwards. */
  async #back(call: () => Promise<void>): Promise<void> {
    const back = this.#telling.then(call);
    this.#telling = back.then(() => this.#tell(), () => {});
    await back;
  }

  async #tell(): Promise<void> {
    if (this.#listeners.size === 0) return;
    try {
      for await (const change of this.#since()) {
        this.#told = change.sequence;
        for (const { listener, after } of this.#listeners) if (change.sequence > after) call(listener, change);
      }
    } catch (error) {
      const code = error instanceof IdpStoreError ? error.code : undefined;
      // The tab that has the store does not answer now.
      if (code === 'ERR_OWNER_BUSY' || code === 'ERR_INTERRUPTED') setTimeout(() => this.#core.onWrite?.(), RETRY);
      // A store that was closed meanwhile has no more changes.
      else if (code !== 'ERR_CLOSED') uncaught(error);
    }
  }

  async *#since(): AsyncGenerator<Change> {
    for (;;) {
      const changes = await this.changes(this.#told);
      yield* changes;
      if (changes.length < PORTION) return;
    }
  }
}

/** A listener that fails does not disturb the others: its error is reported as every uncaught one is. */
function call(listener: (change: Change) => void, change: Change): void {
  try {
    listener(change);
  } catch (error) {
    uncaught(error);
  }
}

function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
