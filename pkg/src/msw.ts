// `idpstore/msw`: request handlers for Mock Service Worker 2 and 3.

import { http, type HttpHandler } from 'msw';

import { checked, fitting, STORE, TEXT, type Rules } from './checks.js';
import { PREFIXES } from './prefixes.js';
import type { IdpStore } from './store.js';

/** Whose requests are answered. */
export interface HandlersOptions {
  /** Such as `https://example.okta.com` or `https://*.okta.com`. */
  origin?: string;
}

const RULES: Rules<HandlersOptions> = { origin: TEXT };

/**
 * Handlers that answer from the store. `origin` is whose requests they answer, such as `https://example.okta.com` or
 * `https://*.okta.com`; by default all with a path of a vendor's API.
 */
export function handlers(store: IdpStore, options: HandlersOptions = {}): HttpHandler[] {
  fitting('store', store, STORE);
  const { origin = '*' } = checked(options, RULES);
  const host = origin === '*' ? '[^/]+//[^/]+' : origin.split('*').map(literal).join('[^/]*');
  const paths = new RegExp(`^${host}(?:${PREFIXES.map(segments).join('|')})`);
  return [http.all(paths, ({ request }) => store.fetch(request))];
}

/** A prefix, by whole segments. */
function segments(prefix: string): string {
  return prefix.endsWith('/') ? literal(prefix) : `${literal(prefix)}(?=[/?]|$)`;
}

/** The text as a regular expression that matches nothing else. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
