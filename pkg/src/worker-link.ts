// The page's side of a store in a worker: each call is a message with a number, and so is its answer. Functions among
// the options cannot be sent, so the page keeps them: it sends the time with each call, and the worker asks for the rest.

import { errorOf, type Answer, type Call } from './calls.js';
import { fetched } from './document.js';
import { IdpStoreError } from './errors.js';
import { hasLocks, isLocked, lockOnceFree } from './locks.js';
import type { OpenOptions } from './options.js';
import type { Link } from './remote.js';
import type { Fetcher, KeySource } from './sources.js';

/** The functions that stay on the page. */
export interface Host {
  now?: () => Date | number;
  keys?: KeySource;
  fetcher?: Fetcher;
}

/** The questions. */
type Asked = Call | { call: 'open'; options: OpenOptions; hosted: (keyof Host)[] } | { call: 'close' };

/** A question to the worker; `now` is the time, if the page sets it. */
export type Question = { id: number; now?: number } & Asked;

/** What the worker reports unasked: the lock that it holds as long as it lives, or that the store may have changed. */
export type News = { alive: string } | { changed: true };

/** What the worker needs of the page in the middle of a call: a key of a specification, the document at a URL, or the time. */
export interface Wish {
  wish: number;
  of: keyof Host;
  what: string;
}

/** What the page has for it: nothing, if there is no such document. */
export interface Grant {
  wish: number;
  value?: ArrayBuffer | ArrayBufferView | number | undefined;
  error?: string;
}

/** As much of a `Worker` as is needed. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: string, listener: (event: never) => void): void;
  terminate(): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** How long a worker may take to close its store; in milliseconds. What was answered is safe without. */
const CLOSING_PATIENCE = 2000;

/** The way from a page to a worker. */
export class WorkerLink implements Link {
  onChange: (() => void) | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watching = new AbortController();
  #lastId = 0;
  #end: IdpStoreError | undefined;
  #closing: Promise<void> | undefined;
  #hasAnswered = false;

  private constructor(
    private readonly worker: Port,
    private readonly host: Host,
  ) {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer | Wish | News>) => {
      this.#hasAnswered = true;
      if ('wish' in data) void this.#grant(data);
      else if ('alive' in data) void this.#watch(data.alive);
      else if ('changed' in data) this.onChange?.();
      else this.#answered(data);
    });
    worker.addEventListener('error', ({ message }: ErrorEvent) => {
      const code = this.#hasAnswered ? 'ERR_CRASHED' : 'ERR_UNSUPPORTED';
      this.#died(new IdpStoreError(code, `the worker failed: ${message || 'its script cannot be loaded'}`));
    });
  }

  static async open(worker: Port, options: OpenOptions, host: Host): Promise<WorkerLink> {
    const link = new WorkerLink(worker, host);
    try {
      await link.#ask({ call: 'open', options, hosted: Object.keys(host) as (keyof Host)[] });
      return link;
    } catch (error) {
      link.#stop(new IdpStoreError('ERR_CLOSED', 'the store could not be opened'));
      throw error;
    }
  }

  ask(call: Call): Promise<unknown> {
    return this.#ask(call);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#end) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, CLOSING_PATIENCE);
    });
    try {
      await Promise.race([this.#ask({ call: 'close' }), late]);
    } finally {
      clearTimeout(timer);
      this.#stop(new IdpStoreError('ERR_CLOSED', 'the store is closed'));
    }
  }

  async #ask(call: Asked): Promise<unknown> {
    if (this.#end) throw this.#end;
    this.#lastId += 1;
    const now = this.host.now?.();
    const question: Question = { id: this.#lastId, ...(now === undefined ? {} : { now: Number(now) }), ...call };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      this.worker.postMessage(question, []);
    });
  }

  async #grant({ wish, of, what }: Wish): Promise<void> {
    const send = (grant: Grant) => this.worker.postMessage(grant, []);
    try {
      send({ wish, value: await this.#granted(of, what) });
    } catch (error) {
      send({ wish, error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #granted(of: keyof Host, what: string): Promise<Grant['value']> {
    if (of === 'now') return Number(this.host.now?.());
    return of === 'keys' ? this.host.keys?.(what) : fetched(this.host.fetcher, what);
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('value' in answer) waiting?.resolve(answer.value);
    else waiting?.reject(errorOf(answer.error));
  }

  /** Waits for the lock that the worker holds: no event says that a worker was ended. */
  async #watch(alive: string): Promise<void> {
    // A page whose data was cleared has other locks than workers that it starts later.
    if (!hasLocks() || !(await isLocked(alive))) return;
    const release = await lockOnceFree(alive, this.#watching.signal);
    if (!release) return;
    release();
    this.#died(new IdpStoreError('ERR_CLOSED', 'the worker of the store has ended: open the store again'));
  }

  /** Without the worker: what it had not yet answered may have been carried out. */
  #died(reason: IdpStoreError): void {
    const words = 'the worker has ended before it answered: whether the call was carried out is unknown';
    this.#stop(reason, this.#hasAnswered ? new IdpStoreError('ERR_INTERRUPTED', words, { cause: reason }) : reason);
  }

  #stop(reason: IdpStoreError, unanswered = reason): void {
    if (this.#end) return;
    this.#end = reason;
    this.#watching.abort();
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(unanswered);
    this.#waiting.clear();
  }
}
