// What `idpstore/console` takes; the console itself is in `console/`.

import type { StoreFile } from './file.js';
import type { Requests } from './harness.js';
import type { Verbs } from './verbs.js';

/** The store that is shown, here or of a server. */
export type ConsoleStore = Verbs & {
  /** With it the store can be saved and opened. */
  readonly file?: StoreFile;
  /** They are listed. */
  readonly requests?: Requests;
  /** The URL of its server. */
  readonly url?: string;
  /** Whether it can fetch what a partner publishes; unless this is `false`, a provider can be created from a URL. */
  readonly fetches?: boolean;
};

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
