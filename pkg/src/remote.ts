// A store that is elsewhere, in a worker or in another tab: each call goes there by a link.

import type { Call } from './calls.js';
import type { Core } from './core.js';
import type { Message } from './message.js';
import { foreignSnapshot, type Snapshot } from './snapshot.js';
import type { SealCall, Wrap } from './wrap.js';

/** The way to the store. */
export interface Link {
  ask(call: Call): Promise<unknown>;
  close(): Promise<void>;
  /** Called after each call that may have changed the store, also one that was made elsewhere. */
  onChange: (() => void) | undefined;
}

/** A store at the other end of a link. */
export class RemoteCore implements Core {
  onWrite: (() => void) | undefined;
  /** The other end need not keep snapshots that are no longer held here; once it has ended, it keeps none. */
  readonly #snapshots = new FinalizationRegistry<string>((snapshot) => {
    this.link.ask({ call: 'forget', snapshot }).catch(() => {});
  });

  constructor(private readonly link: Link) {
    link.onChange = () => this.onWrite?.();
  }

  async handle(message: Message): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.link.ask({ call: 'handle', message })) as Uint8Array<ArrayBuffer>;
  }

  async control(name: string, given?: unknown): Promise<unknown> {
    return this.link.ask({ call: 'control', name, given });
  }

  async seal(name: SealCall, given?: Wrap | string): Promise<unknown> {
    return this.link.ask({ call: 'seal', name, given });
  }

  async lastChange(): Promise<number> {
    return (await this.link.ask({ call: 'lastChange' })) as number;
  }

  async isOwner(): Promise<boolean> {
    return (await this.link.ask({ call: 'isOwner' })) as boolean;
  }

  async snapshot(): Promise<Snapshot> {
    const snapshot = new RemoteSnapshot((await this.link.ask({ call: 'snapshot' })) as string, this);
    this.#snapshots.register(snapshot, snapshot.kept, snapshot);
    return snapshot;
  }

  /** The bytes of a snapshot of this store. */
  async bytesOf({ kept }: RemoteSnapshot): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.link.ask({ call: 'bytesOf', snapshot: kept })) as Uint8Array<ArrayBuffer>;
  }

  /** Lets the other end forget a snapshot of this store. */
  forget(snapshot: RemoteSnapshot): void {
    this.#snapshots.unregister(snapshot);
    this.link.ask({ call: 'forget', snapshot: snapshot.kept }).catch(() => {});
  }

  async restore(snapshot: Snapshot | Uint8Array): Promise<void> {
    if (ArrayBuffer.isView(snapshot)) return void (await this.link.ask({ call: 'restore', snapshot }));
    if (!(snapshot instanceof RemoteSnapshot) || snapshot.owner !== this) throw foreignSnapshot();
    await this.link.ask({ call: 'restore', snapshot: snapshot.kept });
  }

  async reset(): Promise<void> {
    await this.link.ask({ call: 'reset' });
  }

  close(): Promise<void> {
    return this.link.close();
  }
}

class RemoteSnapshot implements Snapshot {
  constructor(
    /** The name under which the other end keeps it. */
    readonly kept: string,
    readonly owner: RemoteCore,
  ) {}

  toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.owner.bytesOf(this);
  }

  [Symbol.dispose](): void {
    this.owner.forget(this);
  }
}
