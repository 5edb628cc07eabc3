// A file of Node. Who has it open holds the lock of the empty file with `.lock` at the end of its name, as native
// programs do. Node has no call for such a lock, but every system has a way to one; all of them end with the process.

import { builtin } from './builtin.js';
import { IdpStoreError } from './errors.js';
import type { Storage } from './storage.js';

type Fs = typeof import('node:fs');

/** `open` with the lock in one: O_EXLOCK and O_NONBLOCK of BSD, UV_FS_O_EXLOCK of libuv. */
const LOCKING_OPEN: Record<string, number> = { darwin: 0x20 | 0x4, freebsd: 0x20 | 0x4, win32: 0x10000000 };

/** Opens the file, or makes it. */
export function nodeFile(path: string | URL): Storage {
  const fs = builtin<Fs>('node:fs');
  if (!fs) throw new IdpStoreError('ERR_UNSUPPORTED', 'there are no files here');
  const name = typeof path === 'string' ? path : fileOf(path);
  const lock = takeLock(fs, `${name}.lock`);
  try {
    return storage(fs, fs.openSync(name, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o666), lock);
  } catch (cause) {
    fs.closeSync(lock);
    throw new IdpStoreError('ERR_STORAGE', `cannot open \`${name}\`: ${message(cause)}`, { cause });
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
  const { O_RDWR, O_CREAT } = fs.constants;
  try {
    const lock = fs.openSync(name, O_RDWR | O_CREAT | (flags ?? 0), 0o666);
    if (flags === undefined) flock(fs, lock);
    return lock;
  } catch (cause) {
    if (cause instanceof IdpStoreError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
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

function locked(): IdpStoreError {
  return new IdpStoreError('ERR_LOCKED', 'the store is open elsewhere');
}

function storage(fs: Fs, file: number, lock: number): Storage {
  let isOpen = true;
  return {
    size: () => fs.fstatSync(file).size,
    read(offset, out) {
      for (let done = 0; done < out.length; ) {
        const count = fs.readSync(file, out, done, out.length - done, offset + done);
        if (count === 0) return false;
        done += count;
      }
      return true;
    },
    write(offset, data) {
      for (let done = 0; done < data.length; ) {
        done += fs.writeSync(file, data, done, data.length - done, offset + done);
      }
    },
    resize: (size) => fs.ftruncateSync(file, size),
    sync: () => fs.fdatasyncSync(file),
    close() {
      if (!isOpen) return;
      isOpen = false;
      fs.closeSync(file);
      fs.closeSync(lock);
    },
  };
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
