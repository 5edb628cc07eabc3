// What `idpstore/console` takes; the console itself is in `console/`.

import type { StoreFile } from './file.js';
import type { Requests } from './harness.js';
import type { Verbs } from './verbs.js';

/**
 * The store that is shown, here or of a server. With a `file` it can be saved and opened, and `requests` are listed; `url` is the
 * server's.
 */
export type ConsoleStore = Verbs & { readonly file?: StoreFile; readonly requests?: Requests; readonly url?: string };

/** A language that the console has words in. */
export type Language = 'en' | 'de';

/** How the console is shown. */
export interface ConsoleOptions {
  /** In which language; by default the browser's, if there are words in it, or else English. */
  language?: Language;
}

/**
 * Shows a store in an element of the page: one that is open here, or one of a server. What comes back removes it.
 *
 * ```js
 * import { mount } from 'idpstore/console';
 * import { openInWorker } from 'idpstore/worker';
 *
 * mount(document.body, await openInWorker({ persist: 'idps.redb' }));
 * ```
 */
export type Mount = (element: HTMLElement, store: ConsoleStore, options?: ConsoleOptions) => () => void;
