// `idpstore/service-worker`: a page's own `fetch('/api/v1/idps')`, answered without a server.

import { fitting, STORE, TEXTS } from './checks.js';
import { PREFIXES } from './prefixes.js';
import type { IdpStore } from './store.js';

interface FetchEventLike extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/**
 * In a service worker: answers the page's requests to a vendor's API from the store; all others go their way. Call it
 * while the script first runs, with the promise of a store. It is in memory: browsers end service workers
 * when they like, and let them have no lasting store of this kind.
 *
 * ```js
 * answerFetch(open({ seed: samlProvider() }));
 * answerFetch(open({ seed: 1 }), ['/api/v1/idps']); // these paths alone
 * ```
 */
export function answerFetch(store: IdpStore | Promise<IdpStore>, prefixes: readonly string[] = PREFIXES): void {
  fitting('store', store, { ...STORE, fits: (given: { then?: unknown }) => STORE.fits(given as never) || typeof given?.then === 'function' });
  fitting('prefixes', prefixes, TEXTS);
  addEventListener('fetch', (event) => {
    const { request } = event as FetchEventLike;
    const { origin, pathname } = new URL(request.url);
    if (origin !== location.origin || !prefixes.some((prefix) => isBelow(pathname, prefix))) return;
    (event as FetchEventLike).respondWith(Promise.resolve(store).then((open) => open.fetch(request)));
  });
}

/** Whether a path begins with a prefix, by whole segments, of which `*` stands for any. */
function isBelow(path: string, prefix: string): boolean {
  const [begin, segments] = [prefix.replace(/\/$/, '').split('/'), path.split('/')];
  const isLonger = !prefix.endsWith('/') || segments.length > begin.length;
  return isLonger && begin.every((segment, at) => segment === segments[at] || (segment === '*' && segments[at] !== ''));
}
