// A tab that does not own the file: its calls go to the tab that does.

import { errorOf, type Answer, type Call } from '../calls.js';
import { IdpStoreError } from '../errors.js';
import { ANSWER_PATIENCE, ownChannel, PATIENCE, type ToOwner, type ToTab } from './wire.js';

/** A call that has no answer yet. */
interface Waiting {
  readonly id: number;
  readonly call: Call;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** The owner that it was sent to, which may carry it out. */
  sentTo?: string | undefined;
  timer?: ReturnType<typeof setTimeout>;
}

/** The calls of this tab that go to the owner, whichever that is. */
export class Client {
  readonly #channel: BroadcastChannel;
  readonly #waiting = new Map<number, Waiting>();
  #owner: string | undefined;
  #lastId = 0;
  #found: () => void = () => {};

  constructor(tab: string) {
    this.#channel = ownChannel(tab);
    this.#channel.onmessage = ({ data }: MessageEvent<ToTab>) => this.#received(data);
  }

  /** Whether an owner is there, and says so in time. */
  async findsOwner(): Promise<boolean> {
    if (this.#owner !== undefined) return true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<boolean>((resolve) => {
        this.#found = () => resolve(true);
        timer = setTimeout(resolve, PATIENCE, false);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  ask(call: Call): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { id, call, resolve, reject };
      this.#waiting.set(id, waiting);
      this.#knock(waiting);
    });
  }

  /** Ends this way; `onward` answers the calls that no owner was sent. */
  end(onward: (call: Call) => Promise<unknown>): void {
    this.#channel.close();
    this.#found();
    for (const waiting of this.#take()) {
      if (waiting.sentTo !== undefined) waiting.reject(interrupted());
      else onward(waiting.call).then(waiting.resolve, waiting.reject);
    }
  }

  #received(message: ToTab): void {
    if ('here' in message) return this.#meet(message.from);
    if (message.from !== this.#owner) return;
    if ('ready' in message) this.#ready(message.ready);
    else if ('answer' in message) this.#answered(message.answer);
    else this.#again(message.again);
  }

  /** Another owner: what the last one was sent is lost from sight, and all else goes to this one. */
  #meet(owner: string): void {
    if (owner === this.#owner) return;
    this.#owner = owner;
    this.#found();
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.sentTo === undefined) this.#knock(waiting);
      else this.#drop(waiting)?.reject(interrupted());
    }
  }

  /** Asks the owner whether it is there, before a call is sent or while it is answered. */
  #knock(waiting: Waiting): void {
    if (this.#owner !== undefined) this.#send({ to: this.#owner, knock: waiting.id });
    const isSent = waiting.sentTo !== undefined;
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(
      () => this.#drop(waiting)?.reject(isSent ? interrupted() : busy()),
      isSent ? ANSWER_PATIENCE : PATIENCE,
    );
  }

  #ready(id: number): void {
    const owner = this.#owner!;
    const waiting = this.#waiting.get(id);
    if (!waiting) return this.#send({ to: owner, never: id });
    if (waiting.sentTo === undefined) {
      waiting.sentTo = owner;
      this.#send({ to: owner, id, call: waiting.call });
    }
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(() => this.#knock(waiting), ANSWER_PATIENCE);
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting || !this.#drop(waiting)) return;
    if ('value' in answer) waiting.resolve(answer.value);
    else waiting.reject(errorOf(answer.error));
  }

  #again(id: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    waiting.sentTo = undefined;
    this.#knock(waiting);
  }

  #send(message: ToOwner): void {
    this.#channel.postMessage(message);
  }

  #drop(waiting: Waiting): Waiting | undefined {
    clearTimeout(waiting.timer);
    return this.#waiting.delete(waiting.id) ? waiting : undefined;
  }

  #take(): Waiting[] {
    const all = [...this.#waiting.values()];
    for (const waiting of all) this.#drop(waiting);
    return all;
  }
}

/** The owner did not say that it was there, so the call was never sent. */
export function busy(): IdpStoreError {
  const words = 'the tab that has the store does not answer: it is busy or frozen. The call was not carried out';
  return new IdpStoreError('ERR_OWNER_BUSY', words);
}

function interrupted(): IdpStoreError {
  const words = 'the tab that had the store has gone or is frozen: whether the call was carried out is unknown';
  return new IdpStoreError('ERR_INTERRUPTED', words);
}
