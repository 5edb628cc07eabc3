// The page's side of a store in a worker: each call is a message with a number, and so is its answer.

import type { Core } from './core.js';
import { IdpStoreError, type ErrorCode } from './errors.js';
import type { Message } from './message.js';
import type { OpenOptions } from './options.js';

/** A question to the worker. */
export type Question = { id: number } & Call;

/** What the worker can be asked. */
export type Call =
  | { call: 'open'; options: OpenOptions }
  | { call: 'handle'; message: Message }
  | { call: 'changes'; after: number; limit: number }
  | { call: 'lastChange' }
  | { call: 'snapshot' }
  | { call: 'restore'; snapshot: number }
  | { call: 'reset' }
  | { call: 'close' };

/** The worker's answer. */
export type Answer = { id: number; value: unknown } | { id: number; error: { code?: ErrorCode; message: string } };

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
  #lastId = 0;
  #end: IdpStoreError | undefined;

  private constructor(private readonly worker: Port) {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#answered(data));
    worker.addEventListener('error', ({ message }: ErrorEvent) => {
      this.#stop(new IdpStoreError('ERR_CRASHED', `the worker failed: ${message || 'it cannot be loaded'}`));
    });
  }

  static async open(worker: Port, options: OpenOptions): Promise<RemoteCore> {
    const core = new RemoteCore(worker);
    try {
      await core.#ask({ call: 'open', options });
      return core;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  async handle(message: Message): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#ask({ call: 'handle', message });
    if (!message.head.startsWith('GET ')) this.onWrite?.();
    return answer as Uint8Array<ArrayBuffer>;
  }

  async changes(after: number, limit: number): Promise<string> {
    return (await this.#ask({ call: 'changes', after, limit })) as string;
  }

  async lastChange(): Promise<number> {
    return (await this.#ask({ call: 'lastChange' })) as number;
  }

  async snapshot(): Promise<object> {
    return new RemoteSnapshot((await this.#ask({ call: 'snapshot' })) as number, this);
  }

  async restore(snapshot: object): Promise<void> {
    if (!(snapshot instanceof RemoteSnapshot) || snapshot.owner !== this) {
      throw new IdpStoreError('ERR_SNAPSHOT', 'this is no snapshot of this store');
    }
    await this.#ask({ call: 'restore', snapshot: snapshot.number });
  }

  async reset(): Promise<void> {
    await this.#ask({ call: 'reset' });
  }

  async close(): Promise<void> {
    if (this.#end) return;
    await this.#ask({ call: 'close' });
    this.#stop(new IdpStoreError('ERR_CLOSED', 'the store is closed'));
  }

  #ask(call: Call): Promise<unknown> {
    if (this.#end) return Promise.reject(this.#end);
    this.#lastId += 1;
    const question: Question = { id: this.#lastId, ...call };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      this.worker.postMessage(question, []);
    });
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('value' in answer) return waiting?.resolve(answer.value);
    const { code = 'ERR_CRASHED', message } = answer.error;
    waiting?.reject(new IdpStoreError(code, message));
  }

  #stop(reason: IdpStoreError): void {
    this.#end ??= reason;
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}

class RemoteSnapshot {
  constructor(
    readonly number: number,
    readonly owner: RemoteCore,
  ) {}
}
