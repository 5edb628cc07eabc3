// A file of the browser's origin-private file system. Its synchronous handle exists in dedicated workers only, and
// only one of them has it at a time.

import { IdpStoreError } from './errors.js';
import { lockIfFree, type Release } from './locks.js';
import { readAtOnce } from './read-at-once.js';
import type { Storage } from './storage.js';

/** How long the lock of a tab that has just gone may be held yet, by a worker in the middle of a call; in milliseconds. */
const LOCK_PATIENCE = 500;
/** How long the handle of a tab that has just gone may take to come free, in milliseconds. */
const PATIENCE = 3000;
/** How often it is tried until then. */
const PAUSE = 50;

/** Whether this is a place where such files can be opened. */
export function hasOpfs(): boolean {
  return typeof FileSystemFileHandle !== 'undefined' && 'createSyncAccessHandle' in FileSystemFileHandle.prototype;
}

/** The path of a file, spelled in one way: it names the file's locks and channels. */
export function plainPath(path: string): string {
  const plain = segments(path).join('/');
  if (plain === '') throw new IdpStoreError('ERR_OPTIONS', 'a store in the browser needs a name');
  return plain;
}

/** The browser's lock that the owner of a file holds. */
export function ownerLock(path: string): string {
  return `idpstore:${path}`;
}

/** The lock that an owner holds besides who shares the file with no other tab. */
export function exclusiveLock(path: string): string {
  return `idpstore-exclusive:${path}`;
}

/** Opens the file for this worker alone, or makes it if it may be made. */
export async function takeOpfsFile(given: string, mayMake = true): Promise<Storage> {
  const path = plainPath(given);
  const release = await takeTurn(ownerLock(path));
  const unmark = await lockIfFree(exclusiveLock(path));
  const releaseBoth = () => {
    unmark?.();
    release();
  };
  return opfsFile(path, releaseBoth, mayMake);
}

/** Opens the file, or makes it, for the holder of its lock, which is given back when the file is closed or cannot be opened. */
export async function opfsFile(path: string, release: Release, mayMake = true): Promise<Storage> {
  try {
    return readAtOnce(storage(path, await accessHandle(path, mayMake), release));
  } catch (cause) {
    release();
    throw unopened(path, cause);
  }
}

async function takeTurn(name: string): Promise<Release> {
  const start = Date.now();
  for (;;) {
    const release = await lockIfFree(name);
    if (release) return release;
    if (Date.now() - start > LOCK_PATIENCE) {
      throw new IdpStoreError('ERR_LOCKED', 'the store is open in another tab or worker');
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

async function fileHandle(path: string, create: boolean): Promise<FileSystemFileHandle> {
  let directory = await root();
  const names = segments(path);
  const last = names.pop()!;
  for (const name of names) directory = await directory.getDirectoryHandle(name, { create });
  return directory.getFileHandle(last, { create });
}

async function accessHandle(path: string, mayMake: boolean): Promise<FileSystemSyncAccessHandle> {
  const file = await fileHandle(path, mayMake);
  const start = Date.now();
  for (;;) {
    try {
      return await file.createSyncAccessHandle();
    } catch (cause) {
      // The lock is ours, so the present owner of the handle is about to lose it, or is no store.
      if (nameOf(cause) !== 'NoModificationAllowedError') throw cause;
      if (Date.now() - start > PATIENCE) {
        throw new IdpStoreError('ERR_LOCKED', 'the file is open in another tab or worker', { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

async function root(): Promise<FileSystemDirectoryHandle> {
  try {
    return await navigator.storage.getDirectory();
  } catch (cause) {
    throw new IdpStoreError(
      'ERR_UNSUPPORTED',
      'the browser keeps no files for this page, as in a private window or where the user has blocked site data. ' +
        'Without `persist` the store is in memory',
      { cause },
    );
  }
}

function segments(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

/** A handle of a file that can be moved, as in every browser that has synchronous ones. */
type Movable = FileSystemFileHandle & { move(name: string): Promise<void> };

/** Writes a file beside another one, which is ready to take the place of that. */
async function besideOf(path: string, bytes: Uint8Array): Promise<Movable> {
  const beside = (await fileHandle(`${path}.new`, true)) as Movable;
  const writing = storage(path, await beside.createSyncAccessHandle(), () => {});
  try {
    writing.resize(bytes.length);
    writing.write(0, bytes);
    writing.sync();
  } finally {
    writing.close();
  }
  return beside;
}

function storage(path: string, opened: FileSystemSyncAccessHandle, release: Release): Storage {
  let handle = opened;
  let isOpen = true;
  return {
    size: failing(() => sizeOf(handle)),
    read: failing((offset, out) => counted(handle.read(out as Uint8Array<ArrayBuffer>, { at: offset }), out) === out.length),
    write: failing((offset, data) => {
      if (counted(handle.write(data as Uint8Array<ArrayBuffer>, { at: offset }), data) !== data.length) throw new Error(NO_SPACE);
    }),
    resize: failing((size) => {
      handle.truncate(size);
      // Chromium leaves a file silently as it is that would become too large.
      if (sizeOf(handle) !== size) throw new Error(NO_SPACE);
    }),
    sync: failing(() => handle.flush()),
    async replace(bytes) {
      const beside = await besideOf(path, bytes);
      handle.close();
      await beside.move(segments(path).at(-1)!);
      handle = await accessHandle(path, false);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      handle.close();
      release();
    },
  };
}

const NO_SPACE = 'the browser gives no more space';
const REMOVED =
  'the browser has removed the file: the user has cleared the data of this site, or the browser did when space was scarce. ' +
  'What it held is lost, except in exported files';

function sizeOf(handle: FileSystemSyncAccessHandle): number {
  const size = handle.getSize();
  if (!Number.isSafeInteger(size)) throw removed();
  return size;
}

/** How many bytes were read or written: in Chromium an impossible number if the file is no longer there. */
function counted(count: number, bytes: Uint8Array): number {
  if (count > bytes.length) throw removed();
  return count;
}

function removed(cause?: unknown): IdpStoreError {
  return new IdpStoreError('ERR_STORAGE', REMOVED, cause === undefined ? undefined : { cause });
}

/** A call whose failures have words that say what to do. */
function failing<Given extends unknown[], Result>(call: (...given: Given) => Result): (...given: Given) => Result {
  return (...given) => {
    try {
      return call(...given);
    } catch (cause) {
      if (isFull(cause)) throw new Error(NO_SPACE, { cause });
      if (isRemoved(cause)) throw removed(cause);
      throw cause;
    }
  };
}

function unopened(path: string, cause: unknown): unknown {
  if (cause instanceof IdpStoreError) return cause;
  const words = isFull(cause) ? `${NO_SPACE}: delete files of this site, or free space on the disk` : String(cause);
  return new IdpStoreError('ERR_STORAGE', `cannot open \`${path}\`: ${words}`, { cause });
}

function isFull(cause: unknown): boolean {
  return nameOf(cause) === 'QuotaExceededError';
}

function isRemoved(cause: unknown): boolean {
  return ['NotFoundError', 'InvalidStateError'].includes(nameOf(cause) ?? '');
}

function nameOf(cause: unknown): string | undefined {
  return (cause as { name?: string } | undefined)?.name;
}
