// The tab that owns the file: it answers its own calls and those of the others.

import { Answering, answerTo, type Answer, type Call } from '../calls.js';
import type { Core } from '../core.js';
import { lockOnceFree } from '../locks.js';
import { LAST_PATIENCE, ownChannel, tabLock, type Notice, type ToOwner, type ToTab } from './wire.js';

/** What the owner has. */
export interface Owned {
  /** The store, once it is open; after its storage has failed it may be another. */
  core(): Promise<Core>;
  /** Called before a call of another tab. */
  before: (() => Promise<void>) | undefined;
  /** Called after each call that may have changed the store. */
  changed(): void;
}

/** The owner of a file, until it has closed it. */
export class Owner {
  readonly #guests = new Map<string, Guest>();
  readonly #ending = new AbortController();
  readonly #own: Caller;
  #isClosing = false;
  #announced = 0;

  constructor(
    readonly id: string,
    private readonly common: BroadcastChannel,
    private readonly owned: Owned,
  ) {
    this.#own = new Caller(owned);
    this.#announce({ owns: id });
  }

  /** Makes a call of this tab. */
  async ask(call: Call): Promise<unknown> {
    return this.#run(this.#own, call);
  }

  /** A tab looks for the owner; returns whether this still is the one. */
  meets(tab: string): boolean {
    if (this.#isClosing) return false;
    let guest = this.#guests.get(tab);
    if (!guest) {
      guest = new Guest(this.id, tab, new Caller(this.owned), (caller, call) => this.#runForGuest(caller, call));
      this.#guests.set(tab, guest);
      void this.#watch(tab, guest);
    }
    guest.send({ from: this.id, here: true });
    return true;
  }

  /** Announces to all tabs that the store has changed, if it has. */
  async announceChange(): Promise<void> {
    const last = await this.owned.core().then((core) => core.lastChange()).catch(() => this.#announced);
    if (last === this.#announced) return;
    this.#announced = last;
    this.#announce({ changed: last });
    this.owned.changed();
  }

  /** Takes no more calls of other tabs: those that come are for the next owner. */
  resign(): void {
    this.#isClosing = true;
    for (const guest of this.#guests.values()) guest.isClosing = true;
  }

  /** Waits a moment for the calls that are on their way. */
  async drain(): Promise<void> {
    const end = Date.now() + LAST_PATIENCE;
    while ([...this.#guests.values()].some((guest) => guest.isExpecting) && Date.now() < end) await moment(5);
  }

  /** The store is closed: all calls that are not answered in a moment were not carried out, and are for the next owner. */
  async end(): Promise<void> {
    await moment(0);
    this.#ending.abort();
    for (const guest of this.#guests.values()) guest.close();
    this.#guests.clear();
  }

  async #runForGuest(caller: Caller, call: Call): Promise<unknown> {
    await this.owned.before?.();
    return this.#run(caller, call);
  }

  async #run(caller: Caller, call: Call): Promise<unknown> {
    const answering = await caller.answering();
    try {
      return await answering.run(call);
    } finally {
      if (CHANGING.includes(call.call)) await this.announceChange();
    }
  }

  /** Forgets a tab once it has gone. */
  async #watch(tab: string, guest: Guest): Promise<void> {
    const release = await lockOnceFree(tabLock(tab), this.#ending.signal);
    release?.();
    if (release && this.#guests.delete(tab)) guest.close();
  }

  #announce(notice: Notice): void {
    this.common.postMessage(notice);
  }
}

/** The calls after which there may be a change. */
const CHANGING: Call['call'][] = ['handle', 'control', 'restore', 'reset'];

/** Who makes calls, and holds snapshots. */
class Caller {
  #answering: Answering | undefined;

  constructor(private readonly owned: Owned) {}

  async answering(): Promise<Answering> {
    const core = await this.owned.core();
    if (this.#answering?.core !== core) this.#answering = new Answering(core);
    return this.#answering;
  }

  end(): void {
    this.#answering?.end();
  }
}

/** Another tab. */
class Guest {
  isClosing = false;
  readonly #channel: BroadcastChannel;
  /** The calls that the tab may send. */
  readonly #expected = new Set<number>();
  readonly #running = new Set<number>();

  constructor(
    private readonly owner: string,
    tab: string,
    private readonly caller: Caller,
    private readonly run: (caller: Caller, call: Call) => Promise<unknown>,
  ) {
    this.#channel = ownChannel(tab);
    this.#channel.onmessage = ({ data }: MessageEvent<ToOwner>) => {
      if (data.to === owner) this.#received(data);
    };
  }

  /** Whether a call may be on its way. */
  get isExpecting(): boolean {
    return this.#expected.size > 0;
  }

  send(message: ToTab): void {
    this.#channel.postMessage(message);
  }

  close(): void {
    for (const id of this.#running) this.send({ from: this.owner, again: id });
    this.#running.clear();
    this.#channel.close();
    this.caller.end();
  }

  #received(message: ToOwner): void {
    if ('knock' in message) this.#knocked(message.knock);
    else if ('never' in message) this.#expected.delete(message.never);
    else void this.#called(message.id, message.call);
  }

  #knocked(id: number): void {
    if (this.isClosing) return;
    if (!this.#running.has(id)) this.#expected.add(id);
    this.send({ from: this.owner, ready: id });
  }

  async #called(id: number, call: Call): Promise<void> {
    this.#expected.delete(id);
    if (this.isClosing) return this.send({ from: this.owner, again: id });
    this.#running.add(id);
    const answer = await answerTo(id, () => this.run(this.caller, call));
    if (!this.#running.delete(id)) return;
    // A store that is closed did not begin with it.
    this.send(isClosed(answer) ? { from: this.owner, again: id } : { from: this.owner, answer });
  }
}

function isClosed(answer: Answer): boolean {
  return 'error' in answer && answer.error.code === 'ERR_CLOSED';
}

function moment(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
