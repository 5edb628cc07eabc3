// Where the time comes from, here and, for a store in a worker, on its page.

import { quoted, refused } from './checks.js';

/** Returns the time, in milliseconds since 1970. */
export function clock(now: Date | number | string | (() => Date | number)): () => number {
  if (typeof now === 'function') return () => moment(called(now));
  const standing = moment(now);
  return () => standing;
}

function called(now: () => Date | number): Date | number {
  try {
    return now();
  } catch (cause) {
    throw refused(`\`now\` has failed: ${String(cause)}`, { cause });
  }
}

function moment(now: Date | number | string): number {
  const time = new Date(now).getTime();
  if (Number.isNaN(time)) throw refused(`\`now\` is not a time: ${quoted(now)}`);
  return time;
}
