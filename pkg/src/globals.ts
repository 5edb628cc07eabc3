// The web's classes that all other code finds by their global names: `scripts/build.mjs` puts these in their place.
// Where one is missing, as in jest's environment `jsdom`, it is that of the Node around: such an environment is a
// context of `node:vm`, and what that module is told to run in "this context" runs in Node's own.

import { builtin } from './builtin.js';

const present: Partial<typeof globalThis> = globalThis;

function around(): Partial<typeof globalThis> | undefined {
  return builtin<typeof import('node:vm')>('node:vm')?.runInThisContext('globalThis');
}

/** What nobody has is missed when it is used, and not before. */
function found<Name extends 'Headers' | 'Request' | 'Response' | 'TextDecoder' | 'TextEncoder'>(name: Name) {
  return (present[name] ?? around()?.[name]) as (typeof globalThis)[Name];
}

export const Headers = found('Headers');
export const Request = found('Request');
export const Response = found('Response');
export const TextDecoder = found('TextDecoder');
export const TextEncoder = found('TextEncoder');
// That of jsdom draws random numbers, and makes no keys.
export const crypto = present.crypto?.subtle ? present.crypto : (around()?.crypto ?? (present.crypto as Crypto));
