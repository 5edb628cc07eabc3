// Requests and responses as the module takes and gives them: a first line, a line for each header, and for a
// response an empty line and the body.

import { IdpStoreError } from './errors.js';
import type { Noted } from './served.js';
import { web } from './web.js';

/** A request on its way to the module. */
export interface Message {
  head: string;
  body: Uint8Array;
  /** Whether it is of the test itself, not of the program that it tests. */
  isOwn?: boolean;
}

const NOTHING = new Uint8Array();
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Reads the arguments of `fetch`. */
export async function message(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  baseUrl: string | undefined,
): Promise<Message> {
  if (init?.signal) init.signal.throwIfAborted();
  return plain(input, init, baseUrl) ?? (await general(input, init, baseUrl));
}

/**
 * The common case, without the cost of a `Request`, and with the headers that a browser's `Request` would drop, such
 * as `Origin`: nothing leaves this process.
 */
function plain(input: RequestInfo | URL, init: RequestInit | undefined, baseUrl: string | undefined): Message | undefined {
  const { method = 'GET', headers, body = null } = init ?? {};
  if (isRequest(input) || !/^[A-Z]+$/.test(method) || (body !== null && /^(GET|HEAD)$/.test(method))) return undefined;
  const octets = octetsOf(body);
  if (!octets) return undefined;
  const head = `${method} ${absolute(input, baseUrl)}`;
  if (headers === undefined && typeof body !== 'string') return { head, body: octets };
  const lines = new web.Headers(headers);
  if (typeof body === 'string' && !lines.has('content-type')) lines.set('content-type', 'text/plain;charset=UTF-8');
  return { head: head + written(lines), body: octets };
}

/** The octets of a body, if they can be had at once. */
function octetsOf(body: BodyInit | null): Uint8Array | undefined {
  if (body === null) return NOTHING;
  if (typeof body === 'string') return encoder.encode(body);
  // Of this realm or of another.
  return ArrayBuffer.isView(body) ? new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength) : undefined;
}

function written(headers: Headers): string {
  let lines = '';
  headers.forEach((value, name) => {
    lines += `\n${name}: ${value}`;
  });
  return lines;
}

async function general(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  baseUrl: string | undefined,
): Promise<Message> {
  const request = isRequest(input)
    ? init === undefined
      ? input
      : new web.Request(input, init)
    : new web.Request(absolute(input, baseUrl), init);
  request.signal?.throwIfAborted();
  const head = `${request.method} ${withoutFragment(request.url)}${written(request.headers)}`;
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  return { head, body: hasBody ? new Uint8Array(await request.arrayBuffer()) : NOTHING };
}

/** The signal of a `fetch`; one in `init`, and be it none, comes before that of the request. */
export function signalOf(input: RequestInfo | URL, init: RequestInit | undefined): AbortSignal | null | undefined {
  return init?.signal === undefined && isRequest(input) ? input.signal : init?.signal;
}

/** What the call gives, unless its signal comes first. */
export function unlessAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    void call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Whether it is a `Request`, of this realm or of another. */
function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === 'object' && 'method' in input && 'url' in input;
}

function absolute(input: string | URL, baseUrl: string | undefined): string {
  const base = baseUrl ?? (globalThis as { location?: { href?: string } }).location?.href;
  try {
    return withoutFragment(new URL(input, base?.startsWith('http') ? base : 'http://localhost').href);
  } catch (cause) {
    throw new IdpStoreError('ERR_REQUEST', `not a URL: \`${String(input)}\``, { cause });
  }
}

function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash < 0 ? url : url.slice(0, hash);
}

const NEWLINE = 10;
/** Statuses whose responses have no body (Fetch standard, "null body status"). */
const BODILESS = new Set([101, 103, 204, 205, 304]);

/** JSON as a text, of which Node makes a body in half the time. */
function text(body: Uint8Array<ArrayBuffer>, headers: [string, string][]): string | Uint8Array<ArrayBuffer> {
  const isJson = headers.some(([name, value]) => name === 'content-type' && value.startsWith('application/json'));
  return isJson ? decoder.decode(body) : body;
}

/** Begins the line that is what a harness notes, and no header. */
const NOTE = ':';

/** Makes a `Response` of what the module gave; with it, what a harness notes of the request. */
export function response(bytes: Uint8Array<ArrayBuffer>): [Response, Noted | undefined] {
  let end = bytes.indexOf(NEWLINE);
  while (bytes[end + 1] !== NEWLINE) end = bytes.indexOf(NEWLINE, end + 1);
  const [status, ...lines] = decoder.decode(bytes.subarray(0, end)).split('\n');
  const note = lines.at(-1)?.startsWith(NOTE) ? lines.pop()! : undefined;
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  const body = bytes.subarray(end + 2);
  const hasNone = BODILESS.has(Number(status)) || body.length === 0;
  const made = new web.Response(hasNone ? null : text(body, headers), { status: Number(status), headers });
  return [made, note === undefined ? undefined : (JSON.parse(note.slice(NOTE.length)) as Noted)];
}
