// A query whose result is given again when it is another.

import { IdpStoreError } from './errors.js';
import type { Change } from './idpstore-types.js';
import { uncaught } from './listeners.js';
import { same, type Query } from './queries.js';

/** Who is called, and with which result that was last. */
interface Follower<T> {
  readonly listener: (result: T) => void;
  readonly failed: ((error: unknown) => void) | undefined;
  last?: { value: T };
}

/** After how many milliseconds a query is made again that could not be. */
const RETRY = 1000;

/** A query whose result is followed, as long as there are listeners. */
export class Live<T> {
  #result: { value: T } | undefined;
  #changes: Change[] = [];
  /** Whether the result does not follow from what has been read: the whole query is made next. */
  #isStale = true;
  /** Ends watching; it is there as long as there are listeners. */
  #watching: { end?: () => void } | undefined;
  #working: Promise<void> = Promise.resolve();
  readonly #followers = new Set<Follower<T>>();

  /** @internal */
  constructor(
    private readonly query: Query<T>,
    private readonly watch: (listener: (change: Change) => void) => Promise<() => void>,
  ) {}

  /** The last result; nothing before the first. It is the same value until the result is another. */
  get result(): T | undefined {
    return this.#result?.value;
  }

  /**
   * Calls `listener` with the result, and again whenever it is another, until the function is called that it returns. If the query
   * fails, `failed` is called or, without one, that is reported as every uncaught error is; the result stays, and the next change is
   * followed again. It is bound.
   */
  readonly subscribe = (listener: (result: T) => void, failed?: (error: unknown) => void): (() => void) => {
    const follower: Follower<T> = { listener, failed };
    this.#followers.add(follower);
    if (!this.#watching) void this.#start();
    else this.#work();
    return () => {
      if (this.#followers.delete(follower) && this.#followers.size === 0) this.#stop();
    };
  };

  async #start(): Promise<void> {
    const watching: { end?: () => void } = {};
    this.#watching = watching;
    this.#isStale = true;
    try {
      const end = await this.watch((change) => {
        this.#changes.push(change);
        this.#work();
      });
      watching.end = end;
      // The last listener may have gone meanwhile.
      if (this.#watching !== watching) end();
      this.#work();
    } catch (error) {
      if (this.#watching !== watching) return;
      this.#watching = undefined;
      this.#failed(error, () => void (this.#watching ?? this.#start()));
    }
  }

  #stop(): void {
    this.#watching?.end?.();
    this.#watching = undefined;
  }

  /** Takes one step after the other. */
  #work(): void {
    this.#working = this.#working.then(() => this.#step());
  }

  /** Reads what has changed, and calls those who have an older result. */
  async #step(): Promise<void> {
    if (!this.#watching) return;
    const changes = this.#changes.splice(0);
    try {
      if (this.#isStale || !this.#result) {
        const value = await this.query.run();
        this.#result = this.#result && same(this.#result.value, value) === this.#result.value ? this.#result : { value };
        this.#isStale = false;
      } else if (changes.length > 0) {
        const value = await this.query.follow(this.#result.value, changes);
        if (value !== this.#result.value) this.#result = { value };
      }
    } catch (error) {
      this.#isStale = true;
      this.#failed(error, () => this.#work());
      return;
    }
    for (const follower of this.#followers) {
      if (follower.last === this.#result) continue;
      follower.last = this.#result;
      call(follower.listener, this.#result.value);
    }
  }

  /** Reports a failure, unless the store is closed or only does not answer now: then it is tried again. */
  #failed(error: unknown, again: () => void): void {
    const code = IdpStoreError.is(error) ? error.code : undefined;
    if (code === 'ERR_CLOSED') return;
    const isAway = code === 'ERR_OWNER_BUSY' || code === 'ERR_INTERRUPTED';
    if (isAway) setTimeout(() => this.#followers.size > 0 && again(), RETRY);
    // A result that is there stands until the store answers again.
    if (!isAway || !this.#result) this.#report(error, isAway);
  }

  #report(error: unknown, isAway: boolean): void {
    for (const follower of this.#followers) {
      if (!follower.failed) continue;
      // It shows the failure now, so it needs the next result even if that is the one before.
      delete follower.last;
      call(follower.failed, error);
    }
    if (!isAway && ![...this.#followers].every(({ failed }) => failed)) uncaught(error);
  }
}

function call<T>(listener: (result: T) => void, result: T): void {
  try {
    listener(result);
  } catch (error) {
    uncaught(error);
  }
}
