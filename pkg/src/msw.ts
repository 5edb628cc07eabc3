// `idpstore/msw`: request handlers for Mock Service Worker 2 and 3.

import { http, type HttpHandler } from 'msw';

import type { IdpStore } from './store.js';

/**
 * Handlers that answer from the store. `origin` is whose requests they answer, such as `https://example.okta.com`;
 * by default everybody's with a path of a vendor's API.
 */
export function handlers(store: IdpStore, { origin = '*' }: { origin?: string } = {}): HttpHandler[] {
  return [http.all(`${origin}/api/v1/*`, ({ request }) => store.fetch(request))];
}
