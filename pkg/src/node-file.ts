// A file of Node. Who has it open holds the lock of the empty file with `.lock` at the end of its name, as native
// programs do. Node has no call for such a lock, but every system has a way to one; all of them end with the process.

import { builtin } from './builtin.js';
import { IdpStoreError } from './errors.js';
import type { Storage } from './storage.js';

type Fs = typeof import('node:fs');

/** `open` with the lock in one: O_EXLOCK and O_NONBLOCK of BSD, UV_FS_O_EXLOCK of libuv. */
const LOCKING_OPEN: Record<string, number> = { darwin: 0x20 | 0x4, freebsd: 0x20 | 0x4, win32: 0x10000000 };

/** What is made here can be read and written by its owner alone: private keys are in it. */
const OWNER_ONLY = 0o600;

/** Opens the file, or makes it if it may be made. */
export function nodeFile(path: string | URL, mayMake = true): Storage {
  const fs = builtin<Fs>('node:fs');
  if (!fs) throw new IdpStoreError('ERR_UNSUPPORTED', 'there are no files here');
  const name = typeof path === 'string' ? path : fileOf(path);
  const lock = takeLock(fs, `${name}.lock`);
  try {
    return storage(fs, name, openFile(fs, name, mayMake), lock);
  } catch (cause) {
    fs.closeSync(lock);
    throw new IdpStoreError('ERR_STORAGE', `cannot open \`${name}\`: ${message(cause)}`, { cause });
  }
}

/** Opens the file; a new one is on the disk with its name when this returns. */
function openFile(fs: Fs, name: string, mayMake: boolean): number {
  const { O_RDWR, O_CREAT, O_EXCL } = fs.constants;
  try {
    return fs.openSync(name, O_RDWR);
  } catch (cause) {
    if (!mayMake || (cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  const file = fs.openSync(name, O_RDWR | O_CREAT | O_EXCL, OWNER_ONLY);
  try {
    syncFolder(fs, name);
    return file;
  } catch (cause) {
    fs.closeSync(file);
    throw cause;
  }
}

/** What a system answers that cannot open or sync folders, or not this one. */
const UNSYNCED = ['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'];

/** Writes to the disk which files the folder of a new one has. */
function syncFolder(fs: Fs, name: string): void {
  const { dirname } = builtin<typeof import('node:path')>('node:path')!;
  let folder: number | undefined;
  try {
    folder = fs.openSync(dirname(name), fs.constants.O_RDONLY);
    fs.fsyncSync(folder);
  } catch (cause) {
    if (!UNSYNCED.includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  } finally {
    if (folder !== undefined) fs.closeSync(folder);
  }
}

function fileOf(url: URL): string {
  try {
    return builtin<typeof import('node:url')>('node:url')!.fileURLToPath(url);
  } catch (cause) {
    throw new IdpStoreError('ERR_OPTIONS', `\`persist\` is no URL of a file: \`${String(url)}\``, { cause });
  }
}

function takeLock(fs: Fs, name: string): number {
  const flags = LOCKING_OPEN[process.platform];
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = fs.constants as Partial<Record<'O_NOFOLLOW', number>> & typeof fs.constants;
  try {
    // Not every runtime and system heeds O_NOFOLLOW.
    if (fs.lstatSync(name, { throwIfNoEntry: false })?.isFile() === false) throw noLockFile(name);
    const lock = fs.openSync(name, O_RDWR | O_CREAT | O_NOFOLLOW | (flags ?? 0), OWNER_ONLY);
    if (flags === undefined) flock(fs, lock);
    return lock;
  } catch (cause) {
    if (cause instanceof IdpStoreError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ELOOP') throw noLockFile(name);
    if (code === 'EAGAIN' || code === 'EBUSY') throw locked();
    throw new IdpStoreError('ERR_STORAGE', `cannot open \`${name}\`: ${message(cause)}`, { cause });
  }
}

/**
 * The program `flock` (util-linux, BusyBox) locks the file that it inherits from us; the lock belongs to the open
 * file, not to the process, and stays when the program ends.
 */
function flock(fs: Fs, lock: number): void {
  const { spawnSync } = builtin<typeof import('node:child_process')>('node:child_process')!;
  const { status, signal, error } = spawnSync('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', lock] });
  if (status === 0) return;
  fs.closeSync(lock);
  if (status === 1) throw locked();
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    const words = 'a store file cannot be locked, as the program `flock` (util-linux or BusyBox) is not there';
    throw new IdpStoreError('ERR_UNSUPPORTED', words, { cause: error });
  }
  const words = `the lock of the store file cannot be taken: ${error ? message(error) : `\`flock\` ended with ${status ?? signal}`}`;
  throw new IdpStoreError('ERR_STORAGE', words, { cause: error });
}

/** Through a link, opening a store would make or lock a file elsewhere. */
function noLockFile(name: string): IdpStoreError {
  return new IdpStoreError('ERR_STORAGE', `\`${name}\` is a link or no regular file: remove it, and the lock is made anew`);
}

function locked(): IdpStoreError {
  return new IdpStoreError('ERR_LOCKED', 'the store is open elsewhere');
}

/** Writes a file beside another one, and lets it take the place of that at once. */
function takePlace(fs: Fs, name: string, bytes: Uint8Array): void {
  const { O_RDWR, O_CREAT, O_EXCL } = fs.constants;
  const path = fs.realpathSync(name); // a link stays one
  const beside = `${path}.new`;
  fs.rmSync(beside, { force: true });
  const file = fs.openSync(beside, O_RDWR | O_CREAT | O_EXCL, OWNER_ONLY);
  try {
    fs.fchmodSync(file, fs.statSync(path).mode & 0o777);
    writeAll(fs, file, bytes, 0);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
  fs.renameSync(beside, path);
  syncFolder(fs, path);
}

function writeAll(fs: Fs, file: number, data: Uint8Array, offset: number): void {
  for (let done = 0; done < data.length; ) {
    done += fs.writeSync(file, data, done, data.length - done, offset + done);
  }
}

function storage(fs: Fs, name: string, opened: number, lock: number): Storage {
  let file: number | undefined = opened;
  let isOpen = true;
  return {
    size: () => fs.fstatSync(file!).size,
    read(offset, out) {
      for (let done = 0; done < out.length; ) {
        const count = fs.readSync(file!, out, done, out.length - done, offset + done);
        if (count === 0) return false;
        done += count;
      }
      return true;
    },
    write: (offset, data) => writeAll(fs, file!, data, offset),
    resize: (size) => fs.ftruncateSync(file!, size),
    sync: () => fs.fdatasyncSync(file!),
    async replace(bytes) {
      // Windows gives no name away that is open.
      fs.closeSync(file!);
      file = undefined;
      takePlace(fs, name, bytes);
      file = fs.openSync(name, fs.constants.O_RDWR);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      if (file !== undefined) fs.closeSync(file);
      fs.closeSync(lock);
    },
  };
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
