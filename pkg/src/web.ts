// The web's classes, some of which an environment may lack, such as jest's `jsdom`. Such a one is a context of
// `node:vm`, and what that module runs in "this context" runs in Node's own, which has what is missing.

import { builtin } from './builtin.js';

type Globals = typeof globalThis;

/** The globals of the Node around. */
function around(): Partial<Globals> | undefined {
  return builtin<typeof import('node:vm')>('node:vm')?.runInThisContext('globalThis');
}

/** A class that is missing everywhere is an error when it is used, and not before. */
export function found<Name extends 'Headers' | 'Request' | 'Response' | 'TextDecoder' | 'TextEncoder'>(name: Name) {
  return ((globalThis as Partial<Globals>)[name] ?? around()?.[name]) as Globals[Name];
}

/** A class of where `Request` is: jsdom has some of its own, and no `Request`. */
function besideRequest<Name extends 'Blob' | 'FormData'>(name: Name): Globals[Name] {
  const realm = (globalThis as Partial<Globals>).Request ? globalThis : (around() ?? globalThis);
  return realm[name] as Globals[Name];
}

/** Not looked at before they are needed: at the first look Node loads them, and its `fetch` takes long. */
export const web = {
  /** That of jsdom draws random numbers, and makes no keys. */
  get crypto() {
    const present: Partial<Crypto> | undefined = globalThis.crypto;
    return (present?.subtle ? present : (around()?.crypto ?? present)) as Crypto | undefined;
  },
  /** Of the same realm as `Request`, which reads no other. */
  get Blob() {
    return besideRequest('Blob');
  },
  get FormData() {
    return besideRequest('FormData');
  },
  get Headers() {
    return found('Headers');
  },
  get Request() {
    return found('Request');
  },
  get Response() {
    return found('Response');
  },
};
