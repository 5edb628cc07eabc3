// `idpstore/protobuf`: ZITADEL's procedures over Connect with binary messages and over gRPC-Web.

import { fitting, STORE } from './checks.js';
import { decode, encode, fromBase64, toBase64 } from './protobuf-messages.js';
import { TABLE } from './protobuf-table.js';
import type { IdpStore } from './store.js';
import { web } from './web.js';

type Call = { path: string; isFramed: boolean; isText: boolean; mediaType: string };

/** The codes of gRPC, by their numbers, as Connect names them. */
const CODES = 'ok canceled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied resource_exhausted failed_precondition aborted out_of_range unimplemented internal unavailable data_loss unauthenticated'.split(' ');
/** The code of an answer that does not name one, by its HTTP status. */
const OF_STATUS: Record<number, string> = { 400: 'internal', 401: 'unauthenticated', 403: 'permission_denied', 404: 'unimplemented', 429: 'unavailable', 502: 'unavailable', 503: 'unavailable', 504: 'unavailable' };
const TRAILERS = 0x80;
const encoder = new TextEncoder();

/**
 * The store for callers who speak binary Connect or gRPC-Web, such as `createClientTransport` of `@zitadel/client`: what
 * they send is translated to the JSON that the store reads, and its answers back. Everything else passes as it is.
 *
 * ```js
 * const { url } = await listen(protobuf(store));
 * ```
 */
export function protobuf(store: Pick<IdpStore, 'fetch'>): Pick<IdpStore, 'fetch'> {
  fitting('store', store, STORE);
  const fetch: IdpStore['fetch'] = async (input, init) => {
    const request = called(input, init) ? new web.Request(input, init) : undefined;
    const call = request && read(request);
    if (!request || !call) return store.fetch(input, init);
    const headers = new web.Headers(request.headers);
    headers.set('content-type', 'application/json');
    const send = (body: BodyInit, type = 'application/json') => {
      headers.set('content-type', type);
      return store.fetch(request.url, { method: 'POST', headers, body, signal: request.signal });
    };
    let body;
    try {
      body = JSON.stringify(unpacked(call, new Uint8Array(await request.arrayBuffer())));
    } catch (error) {
      // The store refuses this type: so the request is counted and noted.
      const refused = await send('', 'application/octet-stream');
      if (refused.status !== 415) return answer(call, refused);
      const words = `cannot read the message: ${(error as Error).message}`;
      return write(call, refused, { code: call.isFramed ? 'internal' : 'invalid_argument', message: words });
    }
    return answer(call, await send(body));
  };
  return Object.create(store, { fetch: { value: fetch } }) as Pick<IdpStore, 'fetch'>;
}

/** Whether a request may be a call, before anything of it is read. */
function called(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const method = init?.method ?? (typeof input === 'object' && 'method' in input ? input.method : 'GET');
  const headers = init?.headers ?? (typeof input === 'object' && 'headers' in input ? input.headers : undefined);
  return method === 'POST' && /^application\/(proto|grpc-web)/i.test(new web.Headers(headers).get('content-type') ?? '');
}

function read(request: Request): Call | undefined {
  const mediaType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const form = /^application\/(?:proto|(grpc-web)(-text)?(?:\+proto)?)$/.exec(mediaType);
  return form ? { path: new URL(request.url).pathname, isFramed: !!form[1], isText: !!form[2], mediaType } : undefined;
}

/** The two messages of a procedure. */
function procedure(path: string): [number, number] | undefined {
  const [, service = '', method = ''] = path.split('/');
  return TABLE.methods[service]?.[method];
}

/** The message of a call as JSON. */
function unpacked({ path, isFramed, isText }: Call, body: Uint8Array): object {
  const bytes = isText ? fromText(body) : body;
  const method = procedure(path);
  if (!isFramed) return method ? decode(method[0], bytes) : {};
  const length = bytes.length < 5 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (bytes.length !== length + 5) throw new Error('there is not one whole message');
  if (bytes[0] !== 0) throw new Error('compressed messages are not read');
  return method ? decode(method[0], bytes.subarray(5)) : {};
}

/** Base64 may come in several padded pieces. */
function fromText(body: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(body);
  const pieces = (text.match(/[^=]+=*/g) ?? []).map(fromBase64);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** What is wrong, as Connect has it. */
interface Failure {
  code?: unknown;
  message?: unknown;
  details?: { type: string; value: string }[];
}

async function answer(call: Call, response: Response): Promise<Response> {
  const text = await response.text();
  if (!response.ok) return write(call, response, failure(text), text);
  const method = procedure(call.path);
  const message = Uint8Array.from(method ? encode(method[1], JSON.parse(text) as Record<string, unknown>) : []);
  return call.isFramed
    ? sent(call, response, [...frame(0, message), ...frame(TRAILERS, encoder.encode('grpc-status: 0\r\n'))])
    : made(message, 200, response, call.mediaType);
}

function failure(text: string): Failure {
  try {
    return Object(JSON.parse(text)) as Failure;
  } catch {
    return {};
  }
}

/** An error: over Connect always JSON, which `text` is if the store has written it. */
function write(call: Call, response: Response, failure: Failure, text?: string): Response {
  const named = CODES.indexOf(String(failure.code));
  const unnamed = response.status !== 404 && typeof failure.code === 'number' ? failure.code : CODES.indexOf(OF_STATUS[response.status] ?? 'unknown');
  const code = named < 0 ? unnamed : named;
  const message = String(failure.message ?? `HTTP ${response.status}`);
  if (!call.isFramed) {
    const status = text === undefined ? 400 : response.status;
    return made(text || JSON.stringify({ code: CODES[code], message }), status, response, 'application/json');
  }
  let trailers = `grpc-status: ${code}\r\ngrpc-message: ${escaped(message)}\r\n`;
  if (failure.details?.length) trailers += `grpc-status-details-bin: ${toBase64(status(code, message, failure.details)).replace(/=+$/, '')}\r\n`;
  return sent(call, response, frame(TRAILERS, encoder.encode(trailers)));
}

/** `google.rpc.Status`. */
function status(code: number, message: string, details: { type: string; value: string }[]): Uint8Array {
  const field = (number: number, content: ArrayLike<number>) => [(number << 3) | 2, ...size(content.length), ...Array.from(content)];
  const packed = details.flatMap(({ type, value }) =>
    field(3, [...field(1, encoder.encode(`type.googleapis.com/${type}`)), ...field(2, fromBase64(value))]),
  );
  return Uint8Array.from([8, code, ...field(2, encoder.encode(message)), ...packed]);
}

function size(length: number): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, ...size(length >>> 7)];
}

/** What is not visible ASCII, and the percent sign, in percent-encoding. */
function escaped(text: string): string {
  return Array.from(encoder.encode(text), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}

function frame(flags: number, message: Uint8Array): number[] {
  const { length } = message;
  return [flags, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255, ...Array.from(message)];
}

function sent(call: Call, response: Response, frames: number[]): Response {
  const bytes = Uint8Array.from(frames);
  return made(call.isText ? toBase64(bytes) : bytes, 200, response, call.mediaType);
}

/** A response with the headers of another. */
function made(body: BodyInit, status: number, { headers }: Response, mediaType: string): Response {
  const own = new web.Headers(headers);
  own.set('content-type', mediaType);
  own.delete('content-length');
  return new web.Response(body, { status, headers: own });
}
