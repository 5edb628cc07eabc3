// A file of the browser's origin-private file system. Its synchronous handle exists in dedicated workers only, and
// only one of them has it at a time.

import { IdpStoreError } from './errors.js';
import type { Storage } from './storage.js';

/** How long the lock of a tab that has just gone may be held yet, by a worker in the middle of a call; in milliseconds. */
const LOCK_PATIENCE = 500;
/** How long the handle of a tab that has just gone may take to come free, in milliseconds. */
const PATIENCE = 3000;

/** Whether this is a place where such files can be opened. */
export function hasOpfs(): boolean {
  return typeof FileSystemFileHandle !== 'undefined' && 'createSyncAccessHandle' in FileSystemFileHandle.prototype;
}

/** Opens the file, or makes it; `wait` waits until another tab or worker closes it. */
export async function opfsFile(path: string, wait: boolean): Promise<Storage> {
  const release = await takeTurn(`idpstore:${path}`, wait);
  try {
    return storage(await accessHandle(path), release);
  } catch (cause) {
    release();
    if (cause instanceof IdpStoreError) throw cause;
    throw new IdpStoreError('ERR_STORAGE', `cannot open \`${path}\`: ${String(cause)}`, { cause });
  }
}

/** Takes the browser's lock with this name; what comes back gives it back. */
async function takeTurn(name: string, wait: boolean): Promise<() => void> {
  const start = Date.now();
  for (;;) {
    const release = await lock(name, wait);
    if (release) return release;
    if (Date.now() - start > LOCK_PATIENCE) {
      throw new IdpStoreError('ERR_LOCKED', 'the store is open in another tab or worker');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Takes the lock, once it is free or, without waiting, if it is. */
function lock(name: string, wait: boolean): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null) => (lock ? new Promise<void>((release) => resolve(release)) : resolve(undefined));
    navigator.locks.request(name, { ifAvailable: !wait }, held).catch(reject);
  });
}

async function accessHandle(path: string): Promise<FileSystemSyncAccessHandle> {
  let directory = await navigator.storage.getDirectory();
  const names = path.split('/').filter((name) => name !== '');
  const last = names.pop();
  if (last === undefined) throw new IdpStoreError('ERR_OPTIONS', 'a store in the browser needs a name');
  for (const name of names) directory = await directory.getDirectoryHandle(name, { create: true });
  const file = await directory.getFileHandle(last, { create: true });
  const start = Date.now();
  for (;;) {
    try {
      return await file.createSyncAccessHandle();
    } catch (cause) {
      // The lock is ours, so the present owner of the handle is about to lose it, or is no store.
      if ((cause as DOMException).name !== 'NoModificationAllowedError') throw cause;
      if (Date.now() - start > PATIENCE) {
        throw new IdpStoreError('ERR_LOCKED', 'the file is open in another tab or worker', { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function storage(handle: FileSystemSyncAccessHandle, release: () => void): Storage {
  let isOpen = true;
  return {
    size: () => handle.getSize(),
    read: (offset, out) => handle.read(out as Uint8Array<ArrayBuffer>, { at: offset }) === out.length,
    write(offset, data) {
      if (handle.write(data as Uint8Array<ArrayBuffer>, { at: offset }) !== data.length) throw noSpace();
    },
    resize(size) {
      handle.truncate(size);
      // Chromium leaves a file silently as it is that would become too large.
      if (handle.getSize() !== size) throw noSpace();
    },
    sync: () => handle.flush(),
    close() {
      if (!isOpen) return;
      isOpen = false;
      handle.close();
      release();
    },
  };
}

function noSpace(): Error {
  return new Error('the browser gives no more space');
}
