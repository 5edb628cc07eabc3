// `idpstore/msw`: request handlers for Mock Service Worker 2 and 3.

import { http, HttpResponse, type HttpHandler } from 'msw';

import { checked, fitting, STORE, type Rules } from './checks.js';
import { isDropped } from './harness.js';
import { PREFIXES } from './prefixes.js';
import type { IdpStore } from './store.js';

/** Whose requests are answered. */
export interface HandlersOptions {
  /** Whose requests are answered, such as `https://example.okta.com` or `https://*.okta.com`. */
  origin?: string;
  /**
   * What becomes of a request that the store does not serve, such as `/api/v1/orders`: `'error'`, the default, answers it with
   * the vendor's 404; `'bypass'` and, with a warning on the console, `'warn'` leave it to the handlers that follow and to
   * MSW's `onUnhandledRequest`. Only a store in memory knows.
   */
  onUnserved?: 'bypass' | 'warn' | 'error';
}

const UNSERVED = ['bypass', 'warn', 'error'];

const RULES: Rules<HandlersOptions> = {
  origin: {
    fits: (value: unknown) => typeof value === 'string' && /^(?:\*|[a-z*]+:\/\/[^/]+)$/i.test(value),
    expected: 'an origin such as `https://example.okta.com`, without a slash at its end',
  },
  onUnserved: { fits: (value: string) => UNSERVED.includes(value), expected: '`bypass`, `warn` or `error`' },
};

/**
 * Handlers that answer from the store. `origin` is whose requests they answer, such as `https://example.okta.com` or
 * `https://*.okta.com`; by default all with a path of a vendor's API.
 *
 * ```js
 * const server = setupServer(...handlers(store, { origin: 'https://example.okta.com' }));
 * server.listen();
 * ```
 */
export function handlers(store: IdpStore, options: HandlersOptions = {}): HttpHandler[] {
  fitting('store', store, STORE);
  const { origin = '*', onUnserved = 'error' } = checked(options, RULES);
  const host = origin === '*' ? '[^/]+//[^/]+' : origin.split('*').map(literal).join('[^/]*');
  const paths = new RegExp(`^${host}(?:${PREFIXES.map(segments).join('|')})`);
  return [
    http.all(paths, async ({ request }) => {
      const answer = await store.fetch(request.clone()).catch((error: unknown) => {
        if (isDropped(error)) return HttpResponse.error();
        throw error;
      });
      if (onUnserved === 'error') return answer;
      if (!answer.headers.has('x-idpstore')) return answer;
      if (onUnserved === 'warn') console.warn(`idpstore does not serve ${request.method} ${request.url}`);
      return undefined;
    }),
  ];
}

/** A prefix, by whole segments, of which `*` stands for any. */
function segments(prefix: string): string {
  const begin = literal(prefix).replaceAll('\\*', '[^/?]+');
  return prefix.endsWith('/') ? begin : `${begin}(?=[/?]|$)`;
}

/** The text as a regular expression that matches nothing else. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
