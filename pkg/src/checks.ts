// What `open` and `openInWorker` both look at, the one here and the other on its page.

import { IdpStoreError } from './errors.js';

/** The options, if they are any. */
export function given<Options extends object>(options: Options): Options {
  if (typeof options === 'object' && (options as Options | null) !== null) return options;
  throw new IdpStoreError('ERR_OPTIONS', `options are an object, and not \`${String(options)}\``);
}

/** Tells the time, in milliseconds since 1970. */
export function clock(now: Date | number | string | (() => Date | number)): () => number {
  if (typeof now === 'function') return () => moment(asked(now));
  const standing = moment(now);
  return () => standing;
}

function asked(now: () => Date | number): Date | number {
  try {
    return now();
  } catch (cause) {
    throw new IdpStoreError('ERR_OPTIONS', `\`now\` has failed: ${String(cause)}`, { cause });
  }
}

function moment(now: Date | number | string): number {
  const time = new Date(now).getTime();
  if (Number.isNaN(time)) throw new IdpStoreError('ERR_OPTIONS', `\`now\` is not a time: \`${String(now)}\``);
  return time;
}
