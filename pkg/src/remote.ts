// The page's side of a store in a worker: each call is a message with a number, and so is its answer. Functions among
// the options cannot be sent, so the page keeps them: it sends the time with each call, and the worker asks for the rest.

import type { Core } from './core.js';
import { fetched } from './document.js';
import { IdpStoreError, type ErrorCode } from './errors.js';
import type { Message } from './message.js';
import type { OpenOptions } from './options.js';
import { foreignSnapshot, type Snapshot } from './snapshot.js';
import type { Fetcher, KeySource } from './sources.js';

/** The functions that stay on the page. */
export interface Host {
  now?: () => Date | number;
  keys?: KeySource;
  fetcher?: Fetcher;
}

/** A question to the worker; `now` is the time, if the page sets it. */
export type Question = { id: number; now?: number } & Call;

/** The calls that the worker answers. */
export type Call =
  | { call: 'open'; options: OpenOptions; hosted: (keyof Host)[] }
  | { call: 'handle'; message: Message }
  | { call: 'control'; name: string; given: unknown }
  | { call: 'lastChange' }
  | { call: 'snapshot' }
  | { call: 'bytesOf'; snapshot: number }
  | { call: 'restore'; snapshot: number | Uint8Array }
  | { call: 'forget'; snapshot: number }
  | { call: 'reset' }
  | { call: 'close' };

/** The worker's answer. */
export type Answer = { id: number; value: unknown } | { id: number; error: Failure };

/** What went wrong in the worker; it may have no code. */
export interface Failure {
  code?: ErrorCode;
  message: string;
  cause?: unknown;
}

/** What the worker needs of the page in the middle of a call: a key of a specification, or the document at a URL. */
export interface Wish {
  wish: number;
  of: 'keys' | 'fetcher';
  what: string;
}

/** What the page has for it: nothing, if there is no such document. */
export interface Grant {
  wish: number;
  value?: ArrayBuffer | ArrayBufferView | undefined;
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

/** A store in a worker. */
export class RemoteCore implements Core {
  onWrite: (() => void) | undefined;
  readonly #waiting = new Map<number, Waiting>();
  /** The worker need not keep snapshots that the page no longer holds; once it has ended, it keeps none. */
  readonly #snapshots = new FinalizationRegistry<number>((snapshot) => {
    this.#ask({ call: 'forget', snapshot }).catch(() => {});
  });
  #lastId = 0;
  #end: IdpStoreError | undefined;
  #closing: Promise<void> | undefined;
  #hasAnswered = false;

  private constructor(
    private readonly worker: Port,
    private readonly host: Host,
  ) {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer | Wish>) => {
      this.#hasAnswered = true;
      if ('wish' in data) void this.#grant(data);
      else this.#answered(data);
    });
    worker.addEventListener('error', ({ message }: ErrorEvent) => {
      const code = this.#hasAnswered ? 'ERR_CRASHED' : 'ERR_UNSUPPORTED';
      this.#stop(new IdpStoreError(code, `the worker failed: ${message || 'its script cannot be loaded'}`));
    });
  }

  static async open(worker: Port, options: OpenOptions, host: Host): Promise<RemoteCore> {
    const core = new RemoteCore(worker, host);
    try {
      await core.#ask({ call: 'open', options, hosted: Object.keys(host) as (keyof Host)[] });
      return core;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  async handle(message: Message): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#ask({ call: 'handle', message });
    this.onWrite?.();
    return answer as Uint8Array<ArrayBuffer>;
  }

  async control(name: string, given?: unknown): Promise<unknown> {
    return this.#ask({ call: 'control', name, given });
  }

  async lastChange(): Promise<number> {
    return (await this.#ask({ call: 'lastChange' })) as number;
  }

  async snapshot(): Promise<Snapshot> {
    const snapshot = new RemoteSnapshot((await this.#ask({ call: 'snapshot' })) as number, this);
    this.#snapshots.register(snapshot, snapshot.number, snapshot);
    return snapshot;
  }

  /** The bytes of a snapshot of this store. */
  async bytesOf(snapshot: number): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#ask({ call: 'bytesOf', snapshot })) as Uint8Array<ArrayBuffer>;
  }

  /** Lets the worker forget a snapshot of this store. */
  forget(snapshot: RemoteSnapshot): void {
    this.#snapshots.unregister(snapshot);
    this.#ask({ call: 'forget', snapshot: snapshot.number }).catch(() => {});
  }

  async restore(snapshot: Snapshot | Uint8Array): Promise<void> {
    if (ArrayBuffer.isView(snapshot)) return void (await this.#ask({ call: 'restore', snapshot }));
    if (!(snapshot instanceof RemoteSnapshot) || snapshot.owner !== this) throw foreignSnapshot();
    await this.#ask({ call: 'restore', snapshot: snapshot.number });
  }

  async reset(): Promise<void> {
    await this.#ask({ call: 'reset' });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#end) return;
    try {
      await this.#ask({ call: 'close' });
    } finally {
      this.#stop(new IdpStoreError('ERR_CLOSED', 'the store is closed'));
    }
  }

  async #ask(call: Call): Promise<unknown> {
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
      send({ wish, value: of === 'keys' ? await this.host.keys?.(what) : await fetched(this.host.fetcher, what) });
    } catch (error) {
      send({ wish, error: error instanceof Error ? error.message : String(error) });
    }
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('value' in answer) return waiting?.resolve(answer.value);
    const { code = 'ERR_CRASHED', message, cause } = answer.error;
    waiting?.reject(new IdpStoreError(code, message, cause === undefined ? undefined : { cause }));
  }

  #stop(reason: IdpStoreError): void {
    this.#end ??= reason;
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}

class RemoteSnapshot implements Snapshot {
  constructor(
    readonly number: number,
    readonly owner: RemoteCore,
  ) {}

  toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.owner.bytesOf(this.number);
  }

  [Symbol.dispose](): void {
    this.owner.forget(this);
  }
}
