// A file whose opening reads it at once.

import type { Storage } from './storage.js';

/** Larger files are read piece by piece, in bytes. */
const LARGEST = 64 * 2 ** 20;

/**
 * A storage that reads all bytes into memory when the first are wanted, and forgets them once that call of the module ends or
 * something is written. Opening checks every byte, in thousands of small reads, and in a file of the browser each of them takes long.
 */
export function readAtOnce(storage: Storage): Storage {
  let copy: Uint8Array | undefined;
  let isFirst = true;
  const forget = () => {
    copy = undefined;
  };
  return {
    ...storage,
    read(offset, out) {
      if (isFirst) {
        isFirst = false;
        copy = whole(storage);
        queueMicrotask(forget);
      }
      if (!copy) return storage.read(offset, out);
      if (offset + out.length > copy.length) return false;
      out.set(copy.subarray(offset, offset + out.length));
      return true;
    },
    write(offset, data) {
      forget();
      storage.write(offset, data);
    },
    resize(size) {
      forget();
      storage.resize(size);
    },
  };
}

function whole(storage: Storage): Uint8Array | undefined {
  const size = storage.size();
  if (size > LARGEST) return undefined;
  const bytes = new Uint8Array(size);
  return storage.read(0, bytes) ? bytes : undefined;
}
