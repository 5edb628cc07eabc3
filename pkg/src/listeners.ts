// Who is called with each change, in order.

import type { Change, Changes } from './idpstore-types.js';
import { IdpStoreError } from './errors.js';

/** Who is called, and after which change. */
interface Listener {
  readonly listener: (change: Change) => void;
  after: number;
}

/** As much of a store as is needed. */
export interface Watchable {
  /** The number of the last change. */
  lastChange(): Promise<number>;
  /** Called when there may be a change. */
  onWrite: (() => void) | undefined;
}

/** How many changes are read at a time. */
const PORTION = 1000;
/** After how many milliseconds changes are read again that could not be. */
const RETRY = 1000;

/** The listeners of a store. */
export class Listeners {
  readonly #listeners = new Set<Listener>();
  #told = 0;
  #telling: Promise<void> = Promise.resolve();
  /** Whether changes will be read anyway. */
  #isQueued = false;

  constructor(
    private readonly core: Watchable,
    private readonly changes: (query: { after: number; limit: number }) => Promise<Changes>,
  ) {}

  /** Calls `listener` with each change from now on. What comes back ends it. */
  async add(listener: (change: Change) => void): Promise<() => void> {
    const told = { listener, after: await this.core.lastChange() };
    if (this.#listeners.size === 0) this.#told = told.after;
    this.#listeners.add(told);
    const tell = () => {
      if (this.#isQueued) return;
      this.#isQueued = true;
      this.#telling = this.#telling.then(() => {
        this.#isQueued = false;
        return this.#tell();
      });
    };
    this.core.onWrite = tell;
    // What was written while the number of the last change was read.
    tell();
    return () => {
      this.#listeners.delete(told);
      if (this.#listeners.size === 0) this.core.onWrite = undefined;
    };
  }

  /** Ends all. */
  clear(): void {
    this.#listeners.clear();
    this.core.onWrite = undefined;
  }

  /**
   * Lets the store go back once the listeners have received what has happened, which is no longer in the change log afterwards.
   * When it has gone back, they have received that, too.
   */
  async back(call: () => Promise<void>): Promise<void> {
    const back = this.#telling.then(call).then(() => this.#tell());
    this.#telling = back.catch(() => {});
    await back;
  }

  async #tell(): Promise<void> {
    try {
      // Most calls change nothing, and reading changes is a call, too.
      while (this.#listeners.size > 0 && (await this.core.lastChange()) > this.#told) {
        const { items } = await this.changes({ after: this.#told, limit: PORTION });
        if (items.length === 0) return;
        for (const change of items) {
          this.#told = change.number;
          for (const { listener, after } of this.#listeners) if (change.number > after) call(listener, change);
        }
      }
    } catch (error) {
      const code = IdpStoreError.is(error) ? error.code : undefined;
      // The tab that has the store does not answer now.
      if (code === 'ERR_OWNER_BUSY' || code === 'ERR_INTERRUPTED') setTimeout(() => this.core.onWrite?.(), RETRY);
      // A store that was closed meanwhile has no more changes, and one that is locked and sealed as a whole has none until it is unlocked.
      else if (code !== 'ERR_CLOSED' && code !== 'ERR_SEALED') uncaught(error);
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

/** Reports an error as every uncaught one is. */
export function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
