// What an API refuses, as an error: the API's own words with all their details, and its document.

import type { Problem } from './idpstore-types.js';
import { IdpStoreError, type OktaRefusal, type PingOneRefusal, type Refusal, type ZitadelRefusal } from './errors.js';

/**
 * The response, unless a vendor's API refused the call: then an `ERR_RESPONSE` is thrown, with the vendor's words in
 * its message. `call` names the call in the message.
 *
 * ```js
 * const answer = await accepted(await store.fetch('/api/v1/idps', { method: 'POST', body }));
 * ```
 */
export async function accepted(response: Response, call = 'the call'): Promise<Response> {
  if (response.ok) return response;
  const refusal = read(response.status, await response.text());
  throw new IdpStoreError('ERR_RESPONSE', `${call}: ${response.status} ${words(refusal)}`, { response: refusal });
}

function read(status: number, text: string): Refusal {
  const body = parsed(text);
  // Each API's document has a member that the others' have not.
  const { errorSummary, message, id, title } = Object(body) as Record<string, unknown>;
  if (typeof title === 'string') return { vendor: 'idpstore', status, body: body as Problem };
  if (typeof errorSummary === 'string') return { vendor: 'okta', status, body: body as OktaRefusal };
  if (typeof message !== 'string') return { vendor: undefined, status, body };
  if (typeof id === 'string') return { vendor: 'pingone', status, body: body as PingOneRefusal };
  return { vendor: 'zitadel', status, body: body as ZitadelRefusal };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function words(refusal: Refusal): string {
  switch (refusal.vendor) {
    case 'okta':
      return listed(refusal.body.errorSummary, (refusal.body.errorCauses ?? []).map((cause) => cause.errorSummary));
    case 'pingone':
      return listed(refusal.body.message, (refusal.body.details ?? []).map(detail));
    case 'zitadel':
      return refusal.body.message;
    case 'idpstore':
      return refusal.body.detail ?? refusal.body.title;
    default:
      return typeof refusal.body === 'string' ? refusal.body.slice(0, 200) : JSON.stringify(refusal.body).slice(0, 200);
  }
}

function listed(summary: string, causes: string[]): string {
  return causes.length === 0 ? summary : `${summary} (${causes.join('; ')})`;
}

function detail({ target, message }: { target?: string; message: string }): string {
  return target ? `${target}: ${message}` : message;
}
