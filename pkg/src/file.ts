// A store as a file that a user has: saved from it, and read into it.

import { fitting, TEXT, type Rule } from './checks.js';
import type { Core } from './core.js';
import { IdpStoreError } from './errors.js';
import type { PortableDocument } from './idpstore-types.js';
import { web } from './web.js';

/** How a file is saved. */
export interface SaveOptions {
  /** The name that the user is shown at first. */
  suggestedName?: string;
}

/** As much of the page as is needed. */
interface Page {
  showSaveFilePicker?: (options: object) => Promise<{ createWritable(): Promise<WritableFile> }>;
  document?: { createElement(name: 'a'): { href: string; download: string; click(): void } };
}

interface WritableFile {
  write(blob: Blob): Promise<void>;
  close(): Promise<void>;
}

/** As much of another store as is needed. */
interface Opened {
  export(): Promise<PortableDocument>;
  close(): Promise<void>;
}

const BLOB: Rule = {
  fits: (blob: { arrayBuffer?: unknown } | undefined) => typeof blob?.arrayBuffer === 'function',
  expected: 'a `Blob`',
};
const NAME = 'idpstore.redb';
/** What `export` makes; the file has no media type of its own. */
const TYPE = 'application/octet-stream';
/** How long a download may take to begin, until its address is given back; in milliseconds. */
const BEGINNING = 60_000;

/** What a store holds, as one file: for backups, and to carry it to another browser, to Node or to the command line. */
export class StoreFile {
  /** @internal */
  constructor(
    private readonly core: Core,
    /** Whether the store is kept in a file. If not, it is in memory only, and gone when it is closed. */
    readonly isLasting: boolean,
    private readonly restored: (bytes: Uint8Array) => Promise<void>,
    private readonly opened: (bytes: Uint8Array) => Promise<Opened>,
  ) {}

  /** Whether this tab has the file open itself. If not, its calls go to the tab that has. */
  isOwner(): Promise<boolean> {
    return this.core.isOwner();
  }

  /** The bytes of a store file that holds what the store does now, private keys and secrets included, sealed if the store is. */
  async export(): Promise<Blob> {
    const snapshot = await this.core.snapshot();
    try {
      return new web.Blob([await snapshot.toBytes()], { type: TYPE });
    } finally {
      snapshot[Symbol.dispose]();
    }
  }

  /**
   * Replaces all that the store holds by what a store file does, as `restore` does with bytes; one that is damaged or no
   * store is refused with `ERR_CORRUPT`, one that is sealed by other keys than this with `ERR_WRONG_KEY`, and nothing is replaced.
   */
  async import(file: Blob): Promise<void> {
    fitting('file', file, BLOB);
    await this.restored(new Uint8Array(await file.arrayBuffer()));
  }

  /**
   * What a store file holds, as a portable document; this store stays as it is. One that is damaged or no store is refused with
   * `ERR_CORRUPT`.
   *
   * ```js
   * const { planned } = await store.import(await store.file.read(other), { plan: true, prune: true });
   * ```
   */
  async read(file: Blob): Promise<PortableDocument> {
    fitting('file', file, BLOB);
    const store = await this.opened(new Uint8Array(await file.arrayBuffer()));
    try {
      return await store.export();
    } finally {
      await store.close();
    }
  }

  /**
   * Saves the file where the user wants it: with the browser's dialog where there is one, in a handler of a click, and
   * otherwise as a download. Returns whether it was saved: not if the user has closed the dialog.
   */
  async save({ suggestedName = NAME }: SaveOptions = {}): Promise<boolean> {
    fitting('suggestedName', suggestedName, TEXT);
    const page = globalThis as unknown as Page;
    if (page.showSaveFilePicker) return this.#saveWhereChosen(page.showSaveFilePicker({ suggestedName }));
    if (!page.document) throw new IdpStoreError('ERR_UNSUPPORTED', 'only a page can save a file: use `export`');
    const link = page.document.createElement('a');
    link.href = URL.createObjectURL(await this.export());
    link.download = suggestedName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), BEGINNING);
    return true;
  }

  async #saveWhereChosen(chosen: ReturnType<NonNullable<Page['showSaveFilePicker']>>): Promise<boolean> {
    try {
      const file = await (await chosen).createWritable();
      await file.write(await this.export());
      await file.close();
      return true;
    } catch (cause) {
      if ((cause as Error).name === 'AbortError') return false;
      if (cause instanceof IdpStoreError) throw cause;
      throw new IdpStoreError('ERR_STORAGE', `the file cannot be saved: ${String(cause)}`, { cause });
    }
  }
}
