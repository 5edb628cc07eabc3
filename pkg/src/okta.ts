// `idpstore/okta`: the executor that `@okta/okta-sdk-nodejs` takes in place of its own.

import { fitting, STORE } from './checks.js';
import type { IdpStore } from './store.js';

/** The request that Okta's SDK hands to its executor. */
export interface SdkRequest {
  /** The whole URL. */
  url: string;
  /** The method; `GET` without it. */
  method?: string;
  /** The headers, as the SDK has set them. */
  headers?: Record<string, string>;
  /** The body, as `fetch` takes it. */
  body?: unknown;
}

/** A request executor of Okta's SDK. */
export interface RequestExecutor {
  /** Answers a request. */
  fetch(request: SdkRequest): Promise<Response>;
}

/**
 * The executor that hands requests of the SDK to a store: no socket is ever opened.
 *
 * ```js
 * const client = new okta.Client({ orgUrl: 'https://example.okta.com', token: 'any', requestExecutor: requestExecutor(store) });
 * ```
 */
export function requestExecutor(store: IdpStore): RequestExecutor {
  fitting('store', store, STORE);
  return {
    fetch({ url, method = 'GET', headers = {}, body }) {
      const hasBody = body !== undefined && body !== null && method.toUpperCase() !== 'GET';
      return store.fetch(url, { method, headers, ...(hasBody ? { body: body as BodyInit } : {}) });
    },
  };
}
