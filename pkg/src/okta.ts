// `idpstore/okta`: the executor that `@okta/okta-sdk-nodejs` takes in place of its own.

import { fitting, STORE } from './checks.js';
import type { IdpStore } from './store.js';

/** The request that Okta's SDK hands to its executor. */
export interface SdkRequest {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A request executor of Okta's SDK. */
export interface RequestExecutor {
  fetch(request: SdkRequest): Promise<Response>;
}

/** `new okta.Client({ orgUrl, token, requestExecutor: requestExecutor(store) })`: no socket is ever opened. */
export function requestExecutor(store: IdpStore): RequestExecutor {
  fitting('store', store, STORE);
  return {
    fetch({ url, method = 'GET', headers = {}, body }) {
      const hasBody = body !== undefined && body !== null && method.toUpperCase() !== 'GET';
      return store.fetch(url, { method, headers, ...(hasBody ? { body: body as BodyInit } : {}) });
    },
  };
}
