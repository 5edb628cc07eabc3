// The calls of a store in a worker or in another tab, and how it answers: each is a message, and so is its answer.

import type { Core } from './core.js';
import { IdpStoreError, type ErrorCode } from './errors.js';
import type { Message } from './message.js';
import type { Snapshot } from './snapshot.js';
import type { SealCall, Wrap } from './wrap.js';

/** The calls of a store that is elsewhere. A snapshot stays there, under a name. */
export type Call =
  | { call: 'handle'; message: Message }
  | { call: 'control'; name: string; given: unknown }
  | { call: 'seal'; name: SealCall; given: Wrap | string | undefined }
  | { call: 'lastChange' }
  | { call: 'isOwner' }
  | { call: 'snapshot' }
  | { call: 'bytesOf'; snapshot: string }
  | { call: 'restore'; snapshot: string | Uint8Array }
  | { call: 'forget'; snapshot: string }
  | { call: 'reset' };

/** The answer to the call with this number. */
export type Answer = { id: number; value: unknown } | { id: number; error: Failure };

/** What went wrong there; it may have no code. */
export interface Failure {
  code?: ErrorCode;
  message: string;
  cause?: unknown;
}

/** Makes a call, and its answer under this number. */
export async function answerTo(id: number, call: () => Promise<unknown>): Promise<Answer> {
  try {
    return { id, value: await call() };
  } catch (error) {
    return { id, error: failureOf(error) };
  }
}

/** The error that a failure elsewhere is here. */
export function errorOf({ code = 'ERR_CRASHED', message, cause }: Failure): IdpStoreError {
  return new IdpStoreError(code, message, cause === undefined ? undefined : { cause });
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof IdpStoreError)) return { message: String(error), cause: cloneable(error) };
  const { code, message, cause } = error;
  return { code, message, cause: cloneable(cause) };
}

/** What can be sent, such as an error; of all else its text. */
function cloneable(cause: unknown): unknown {
  try {
    return structuredClone(cause);
  } catch {
    return String(cause);
  }
}

const GONE = 'the snapshot is no longer kept: it was disposed of, or the tab or worker that kept it has gone';

/** Answers the calls of one caller, and keeps the snapshots that it holds. */
export class Answering {
  readonly #snapshots = new Map<string, Snapshot>();
  /** Begins the names of snapshots, so that no other store knows one of the same name. */
  readonly #prefix = String(Math.random()).slice(2);
  #last = 0;

  constructor(readonly core: Core) {}

  async run(call: Call): Promise<unknown> {
    switch (call.call) {
      case 'handle':
        return this.core.handle(call.message);
      case 'control':
        return this.core.control(call.name, call.given);
      case 'seal':
        return this.core.seal(call.name, call.given);
      case 'lastChange':
        return this.core.lastChange();
      case 'isOwner':
        return this.core.isOwner();
      case 'snapshot':
        return this.#keep(await this.core.snapshot());
      case 'bytesOf':
        return this.#kept(call.snapshot).toBytes();
      case 'restore':
        return this.core.restore(typeof call.snapshot === 'string' ? this.#kept(call.snapshot) : call.snapshot);
      case 'forget':
        return this.#forget(call.snapshot);
      case 'reset':
        return this.core.reset();
    }
  }

  /** Forgets all snapshots: the caller has gone. */
  end(): void {
    for (const name of this.#snapshots.keys()) this.#forget(name);
  }

  #keep(snapshot: Snapshot): string {
    this.#last += 1;
    const name = `${this.#prefix}-${this.#last}`;
    this.#snapshots.set(name, snapshot);
    return name;
  }

  #kept(name: string): Snapshot {
    const snapshot = this.#snapshots.get(name);
    if (!snapshot) throw new IdpStoreError('ERR_SNAPSHOT', GONE);
    return snapshot;
  }

  #forget(name: string): void {
    this.#snapshots.get(name)?.[Symbol.dispose]();
    this.#snapshots.delete(name);
  }
}
