// A query whose result is given again when it is another.

import type { Change } from './idpstore-types.js';
import { uncaught } from './listeners.js';
import { same, type Query } from './queries.js';

/** A query whose result is followed, as long as there are listeners. */
export class Live<T> {
  #result: { value: T } | undefined;
  #end: Promise<() => void> | undefined;
  #working: Promise<void> = Promise.resolve();
  #changes: Change[] = [];
  readonly #listeners = new Set<(result: T) => void>();

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
   * Calls `listener` with the result, and again whenever it is another. What comes back ends it. If the query fails, that is
   * reported as every uncaught error is, and the result stays. It is bound.
   */
  readonly subscribe = (listener: (result: T) => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#end) this.#work(async () => this.#result && call(listener, this.#result.value));
    else this.#start();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#stop();
    };
  };

  #start(): void {
    const end = this.watch((change) => {
      this.#changes.push(change);
      this.#work(() => this.#follow());
    });
    this.#end = end;
    this.#work(async () => {
      await end;
      this.#changes = [];
      this.#set(same(this.#result?.value, await this.query.run()) as T);
    });
  }

  #stop(): void {
    this.#end?.then((end) => end(), () => {});
    this.#end = undefined;
  }

  /** Takes one step after the other. */
  #work(step: () => Promise<unknown>): void {
    this.#working = this.#working.then(async () => {
      if (this.#end) await step();
    }).catch(uncaught);
  }

  /** What has changed since the last step. */
  async #follow(): Promise<void> {
    const changes = this.#changes.splice(0);
    if (changes.length > 0 && this.#result) this.#set(await this.query.follow(this.#result.value, changes));
  }

  #set(value: T): void {
    if (this.#result && value === this.#result.value) return;
    this.#result = { value };
    for (const listener of this.#listeners) call(listener, value);
  }
}

function call<T>(listener: (result: T) => void, result: T): void {
  try {
    listener(result);
  } catch (error) {
    uncaught(error);
  }
}
