// The seal of a store: locked, unlocked, wrapped anew.

import { fitting, TEXT } from './checks.js';
import type { Core } from './core.js';
import { resolved, type KeyWrap } from './wrap.js';

/** What seals private keys and secrets where the store is kept; see `seal` among the options of `open`. */
export class StoreSeal {
  /** @internal */
  constructor(private readonly core: Core) {}

  /** Whether the private keys and secrets of the store are sealed where they are kept. */
  async isSealed(): Promise<boolean> {
    return (await this.core.seal('isSealed')) as boolean;
  }

  /** Whether it is sealed and locked: answers leave secrets out, and what needs one is refused, or if everything is sealed all that reads it. */
  async isLocked(): Promise<boolean> {
    return (await this.core.seal('isLocked')) as boolean;
  }

  /** Locks the store, for all tabs: its keys are overwritten. A store that is not sealed stays as it is. */
  async lock(): Promise<void> {
    await this.core.seal('lock');
  }

  /** Unlocks the store, for all tabs. With any other wrap than one of the store's it is refused with `ERR_WRONG_KEY`. */
  async unlock(by: KeyWrap): Promise<void> {
    await this.core.seal('unlock', await resolved(by));
  }

  /** The names of the wraps; none if the store is not sealed. */
  async wraps(): Promise<string[]> {
    return (await this.core.seal('wraps')) as string[];
  }

  /** Adds another wrap that opens the store, up to eight, such as a key for recovery. No record is written. */
  async addWrap(by: KeyWrap): Promise<void> {
    await this.core.seal('addWrap', await resolved(by));
  }

  /**
   * Removes a wrap, but not the last one. No record is written. For one that others may know, that is not enough if they may have an
   * older copy of the file, too: the root key is in it. Then unseal the file and seal it anew.
   */
  async removeWrap(name: string): Promise<void> {
    fitting('name', name, TEXT);
    await this.core.seal('removeWrap', name);
  }

  /** Makes another data key and seals all secrets with it. Gives the number of records that were sealed again. */
  async rotateDataKey(): Promise<number> {
    return (await this.core.seal('rotateDataKey')) as number;
  }
}
