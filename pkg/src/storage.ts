/** A row of bytes with a length, as the module calls it. Errors are thrown. */
export interface Storage {
  size(): number;
  /** Fills all of `out`; false if the bytes end before that. */
  read(offset: number, out: Uint8Array): boolean;
  /** Writes all of `data`. */
  write(offset: number, data: Uint8Array): void;
  /** Cuts off, or adds zeros. */
  resize(size: number): void;
  /** Comes back once everything is safe. */
  sync(): void;
  /** Puts other bytes in the place of all: whatever happens meanwhile, the storage has the old ones or these. */
  replace(bytes: Uint8Array): Promise<void>;
  /** Gives the storage back; does nothing the second time. */
  close(): void;
}

/** A storage that remembers what first went wrong with it; the module reports that something did, not always what. */
export interface Watched extends Storage {
  failure?: unknown;
}

/** Watches a storage. */
export function watched(storage: Storage): Watched {
  const watch =
    <Arguments extends unknown[], Result>(call: (...given: Arguments) => Result) =>
    (...given: Arguments): Result => {
      try {
        return call(...given);
      } catch (cause) {
        watching.failure ??= cause;
        throw cause;
      }
    };
  const watching: Watched = {
    size: watch(storage.size),
    read: watch(storage.read),
    write: watch(storage.write),
    resize: watch(storage.resize),
    sync: watch(storage.sync),
    replace: storage.replace,
    close: storage.close,
  };
  return watching;
}
