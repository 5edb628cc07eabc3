// What a store holds at first: a document that is imported, or what a function does.

import { refused } from './checks.js';
import type { PortableDocument } from './idpstore-types.js';
import type { OpenOptions } from './options.js';
import type { IdpStore } from './store.js';

/** How a store is opened, and what it holds at first. */
export interface StoreOptions extends Omit<OpenOptions, 'seed'> {
  /**
   * Makes everything reproducible byte for byte: ids, times and keys. A text, a number or bytes are where they begin. A portable
   * document, such as of `store.export()` or of `idpstore/factories`, is also what the store holds at first, and so is what
   * a function does with it; `store.reset()` goes back to that, without faults and with the clock as it was given. In memory only.
   *
   * ```js
   * await open({ seed: 1 });
   * await open({ seed: samlProvider({ name: 'Partner' }) });
   * await open({ seed: (store) => store.okta.createIdentityProvider(provider) });
   * ```
   */
  seed?: string | number | Uint8Array | PortableDocument | ((store: IdpStore) => unknown);
}

/** What fills a store. */
type Seed = PortableDocument | ((store: IdpStore) => unknown);

/** With which ids, times and keys a store begins that a document or a function fills. */
const FILLED = 'filled';

/** The options of an empty store, and what fills it. */
export function emptied<Options extends StoreOptions>(options: Options): [Emptied<Options>, Seed | undefined] {
  const seed = Object(options).seed as StoreOptions['seed'];
  if (Array.isArray(seed)) throw refused('`seed` takes one document: `together` of `idpstore/factories` makes one of several');
  return isSeed(seed) ? [{ ...options, seed: FILLED }, seed] : [options as Emptied<Options>, undefined];
}

type Emptied<Options> = Omit<Options, 'seed'> & Pick<OpenOptions, 'seed'>;

function isSeed(seed: StoreOptions['seed']): seed is Seed {
  return typeof seed === 'function' || (Object(seed) === seed && 'version' in (seed as object));
}

/** The store, filled, which is then how it was opened; so is what a snapshot has brought. A store that cannot be filled is closed. */
export async function filled(store: IdpStore, seed: Seed | undefined, hasSnapshot: boolean): Promise<IdpStore> {
  if (seed === undefined && !hasSnapshot) return store;
  try {
    if (seed !== undefined) await (typeof seed === 'function' ? seed(store) : store.import(seed));
    await store.beginHere();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
