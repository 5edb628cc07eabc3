// A file that tabs share: the one with the browser's lock owns it, and the others go through that one until they get the lock.

import type { Call } from '../calls.js';
import { LocalCore } from '../core.js';
import { IdpStoreError } from '../errors.js';
import { isLocked, lockIfFree, lockOnceFree, type Release } from '../locks.js';
import { prepare } from '../module.js';
import { exclusiveLock, opfsFile, ownerLock } from '../opfs.js';
import type { OpenOptions } from '../options.js';
import type { Link } from '../remote.js';
import type { Wrap } from '../wrap.js';
import { busy, Client } from './client.js';
import { Owner } from './owner.js';
import { commonChannel, tabLock, type Notice } from './wire.js';

/** What the owner of a file has. */
interface Own {
  readonly owner: Owner;
  core: Promise<LocalCore>;
  readonly release: Release;
}

/** This tab's way to a file that others may share. */
export class Tabs implements Link {
  onChange: (() => void) | undefined;
  readonly #id = crypto.randomUUID();
  readonly #common: BroadcastChannel;
  readonly #client = new Client(this.#id);
  readonly #closing = new AbortController();
  #own: Own | undefined;
  /** Why this tab could not open the file when that was its turn. */
  #failure: unknown;
  #leave: Release | undefined;
  /** Whether the file is opened again, under the same lock. */
  #isRenewing = false;

  private constructor(
    private readonly path: string,
    private options: OpenOptions,
    private readonly before: (() => Promise<void>) | undefined,
  ) {
    this.#common = commonChannel(path);
    this.#common.onmessage = ({ data }: MessageEvent<Notice>) => this.#noticed(data);
  }

  /** Opens a file, or finds the tab that has it; `before` is called before each call of another tab. */
  static async open(path: string, options: OpenOptions, before: (() => Promise<void>) | undefined): Promise<Tabs> {
    const tabs = new Tabs(path, options, before);
    try {
      await tabs.#begin();
      return tabs;
    } catch (error) {
      await tabs.close();
      throw error;
    }
  }

  async ask(call: Call): Promise<unknown> {
    if (this.#closing.signal.aborted) throw closed();
    if (this.#failure !== undefined) throw this.#failure;
    if (call.call === 'isOwner') return this.#own !== undefined;
    if (call.call === 'seal' && call.name === 'lock') this.#lock();
    const answer = await (this.#own ? this.#own.owner.ask(call) : this.#client.ask(call));
    if (call.call === 'seal' && call.name === 'unlock') this.options = { ...this.options, seal: call.given as Wrap };
    return answer;
  }

  /** All tabs forget how the store is unlocked, so that the next owner does not do it. */
  #lock(): void {
    this.#forgetWrap();
    this.#common.postMessage({ locked: true } satisfies Notice);
  }

  #forgetWrap(): void {
    const { seal: _, sealEverything: __, ...options } = this.options;
    this.options = options;
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#client.end(() => Promise.reject(closed()));
    await this.#giveUp();
    this.#common.close();
    this.#leave?.();
  }

  async #begin(): Promise<void> {
    this.#leave = await lockIfFree(tabLock(this.#id));
    // The next owner opens the file at once.
    await prepare(this.options.wasm);
    const release = await lockIfFree(ownerLock(this.path));
    if (release) return this.#take(release);
    void this.#wait();
    this.#common.postMessage({ seeks: this.#id } satisfies Notice);
    // An owner that cannot open the file says why.
    if (await this.#client.findsOwner()) return void (await this.ask({ call: 'seal', name: 'isLocked', given: undefined }));
    if (!(await isLocked(exclusiveLock(this.path)))) throw busy();
    throw new IdpStoreError('ERR_LOCKED', 'another tab or worker has the store for itself (`exclusive`)');
  }

  /** Waits for the lock, to own the file after the present owner. */
  async #wait(): Promise<void> {
    const release = await lockOnceFree(ownerLock(this.path), this.#closing.signal);
    if (!release) return;
    if (this.#closing.signal.aborted) return release();
    await this.#take(release).catch(() => {});
  }

  /** With the lock: opens the file, and answers from now on. */
  async #take(release: Release): Promise<void> {
    const core = this.#opened(release);
    const owner = new Owner(this.#id, this.#common, {
      core: () => this.#own?.core ?? core,
      before: this.before,
      changed: () => this.onChange?.(),
    });
    this.#own = { owner, core, release };
    this.#client.end((call) => owner.ask(call));
    try {
      await core;
      // The last owner may have made changes that it did not announce.
      await owner.announceChange();
    } catch (error) {
      this.#failure = error;
      this.#own = undefined;
      owner.resign();
      throw error;
    }
  }

  async #opened(release: Release): Promise<LocalCore> {
    const storage = await opfsFile(this.path, () => {
      if (this.#isRenewing || this.#closing.signal.aborted) return;
      // After a crash the next tab gets the file at once.
      this.#own?.owner.resign();
      release();
    });
    try {
      await this.before?.();
      return await LocalCore.open(this.options, storage);
    } catch (error) {
      storage.close();
      throw error;
    }
  }

  /** Opens the file again if its storage has failed: that is what users do about it, in any tab. */
  async #renew(own: Own): Promise<void> {
    const before = await own.core.catch(() => undefined);
    if (this.#isRenewing || (before && !before.hasFailed)) return;
    this.#isRenewing = true;
    own.core = (async () => {
      await before?.close();
      return this.#opened(own.release);
    })();
    await own.core.catch(() => {});
    this.#isRenewing = false;
  }

  /** Closes the file, if this tab has it, and leaves to the next owner what was not carried out. */
  async #giveUp(): Promise<void> {
    const own = this.#own;
    if (!own) return;
    own.owner.resign();
    await own.owner.drain();
    await own.core.then((open) => open.close()).catch(() => {});
    await own.owner.end();
    own.release();
  }

  async #sought(tab: string): Promise<void> {
    const own = this.#own;
    if (own?.owner.meets(tab)) await this.#renew(own);
  }

  #noticed(notice: Notice): void {
    if ('changed' in notice) this.onChange?.();
    else if ('locked' in notice) this.#forgetWrap();
    else if ('seeks' in notice) void this.#sought(notice.seeks);
    else if (!this.#own) this.#common.postMessage({ seeks: this.#id } satisfies Notice);
  }
}

function closed(): IdpStoreError {
  return new IdpStoreError('ERR_CLOSED', 'the store is closed');
}
