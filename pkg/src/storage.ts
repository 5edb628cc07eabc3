/** A row of bytes with a length, as the module calls it. Errors are thrown. */
export interface Storage {
  size(): number;
  /** Fills all of `out`. */
  read(offset: number, out: Uint8Array): void;
  /** Writes all of `data`. */
  write(offset: number, data: Uint8Array): void;
  /** Cuts off, or adds zeros. */
  resize(size: number): void;
  /** Comes back once everything is safe. */
  sync(): void;
  /** Gives the storage back; does nothing the second time. */
  close(): void;
}
