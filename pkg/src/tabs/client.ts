// A tab that does not own the file: its calls go to the tab that does.

import { errorOf, type Answer, type Call } from '../calls.js';
import { IdpStoreError } from '../errors.js';
import { ANSWER_PATIENCE, LAST_PATIENCE, ownChannel, PATIENCE, type ToOwner, type ToTab } from './wire.js';

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
  /** Who answers the calls that no owner has, once they no longer go this way. */
  #onward: ((call: Call) => Promise<unknown>) | undefined;

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

  /** Ends this way: `onward` answers the calls that no owner has. */
  end(onward: (call: Call) => Promise<unknown>): void {
    this.#onward = onward;
    this.#found();
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.sentTo === undefined) this.#pass(waiting, onward);
      else this.#lose(waiting);
    }
    setTimeout(() => this.#channel.close(), 2 * LAST_PATIENCE);
  }

  #received(message: ToTab): void {
    if ('here' in message) this.#meet(message.from);
    else if ('ready' in message) this.#ready(message.from, message.ready);
    else if ('answer' in message) this.#answered(message.from, message.answer);
    else this.#again(message.from, message.again);
  }

  /** Another owner: the calls that the last one does not have go to this one. */
  #meet(owner: string): void {
    if (owner === this.#owner || this.#onward) return;
    this.#owner = owner;
    this.#found();
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.sentTo === undefined) this.#knock(waiting);
      else this.#lose(waiting);
    }
  }

  /** Asks the owner whether it is there, before a call is sent or while it is answered. */
  #knock(waiting: Waiting): void {
    if (this.#owner !== undefined) this.#send({ to: this.#owner, knock: waiting.id });
    const isSent = waiting.sentTo !== undefined;
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(
      () => this.#fail(waiting, isSent ? interrupted() : busy()),
      isSent ? ANSWER_PATIENCE : PATIENCE,
    );
  }

  #ready(owner: string, id: number): void {
    if (owner !== this.#owner || this.#onward) return;
    const waiting = this.#waiting.get(id);
    if (!waiting) return this.#send({ to: owner, never: id });
    if (waiting.sentTo === undefined) {
      waiting.sentTo = owner;
      this.#send({ to: owner, id, call: waiting.call });
    }
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(() => this.#knock(waiting), ANSWER_PATIENCE);
  }

  #answered(owner: string, answer: Answer): void {
    const waiting = this.#sent(owner, answer.id);
    if (!waiting) return;
    this.#drop(waiting);
    if ('value' in answer) waiting.resolve(answer.value);
    else waiting.reject(errorOf(answer.error));
  }

  #again(owner: string, id: number): void {
    const waiting = this.#sent(owner, id);
    if (!waiting) return;
    waiting.sentTo = undefined;
    if (this.#onward) this.#pass(waiting, this.#onward);
    else this.#knock(waiting);
  }

  /** A call that this owner has. */
  #sent(owner: string, id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    return waiting?.sentTo === owner ? waiting : undefined;
  }

  #pass(waiting: Waiting, onward: (call: Call) => Promise<unknown>): void {
    this.#drop(waiting);
    onward(waiting.call).then(waiting.resolve, waiting.reject);
  }

  /** The owner that has the call has gone: only what it sent before may still arrive. What only reads is done once more. */
  #lose(waiting: Waiting): void {
    if (isReading(waiting.call)) return this.#again(waiting.sentTo!, waiting.id);
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(() => this.#fail(waiting, interrupted()), LAST_PATIENCE);
  }

  #send(message: ToOwner): void {
    this.#channel.postMessage(message);
  }

  #fail(waiting: Waiting, error: IdpStoreError): void {
    this.#drop(waiting);
    waiting.reject(error);
  }

  #drop(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(waiting.id);
  }
}

/** Whether it makes no difference how often a call is made. */
function isReading(call: Call): boolean {
  if (call.call === 'handle') return /^(GET|HEAD) /.test(call.message.head);
  return call.call === 'lastChange' || (call.call === 'seal' && call.name === 'isLocked');
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
