// The browser's locks (Web Locks): one holder for each name among all tabs and workers of an origin. However a tab or a
// worker ends, the browser gives its locks to the next.

/** Gives a lock back. */
export type Release = () => void;

/** Takes a lock if it is free. */
export function lockIfFree(name: string): Promise<Release | undefined> {
  return request(name, { ifAvailable: true });
}

/** Waits for a lock; nothing comes of it if the signal ends the waiting. */
export function lockOnceFree(name: string, signal: AbortSignal): Promise<Release | undefined> {
  return request(name, { signal });
}

/** Whether anyone holds a lock. */
export async function isLocked(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === name);
}

/** Whether there are such locks: in pages with https, and on localhost. */
export function hasLocks(): boolean {
  return (globalThis as { navigator?: { locks?: unknown } }).navigator?.locks !== undefined;
}

function request(name: string, options: LockOptions): Promise<Release | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null) => (lock ? new Promise<void>((release) => resolve(release)) : resolve(undefined));
    navigator.locks.request(name, options, held).catch((cause) => {
      if (options.signal?.aborted) resolve(undefined);
      else reject(cause);
    });
  });
}
