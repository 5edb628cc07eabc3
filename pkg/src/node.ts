// `idpstore/node`: the store on a loopback socket, for whatever cannot be handed a `fetch`.

/// <reference lib="esnext.disposable" preserve="true" />

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { checked, fitting, STORE, whole, type Rules } from './checks.js';
import { guard, GUARD, type GuardOptions, type Verdict } from './guard.js';
import type { IdpStoreError } from './errors.js';
import { isDropped } from './harness.js';
import type { IdpStore } from './store.js';
import { web } from './web.js';

/** A store that listens. */
export interface Listener {
  /** Such as `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string;
  /** The port, also where any free one was requested. */
  readonly port: number;
  /** Node's server. */
  readonly server: Server;
  /** Ends listening; the store stays open. */
  close(): Promise<void>;
  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a store listens. */
export interface ListenOptions extends GuardOptions {
  /** The port; 0, the default, is any free one. */
  port?: number;
}

export type { GuardOptions };

const LISTEN: Rules<ListenOptions> = { port: whole(0, 65535), ...GUARD };

/** A request that is not complete by then is given up, in milliseconds; how often that is looked at. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };

/**
 * Listens on 127.0.0.1. Requests for other hosts and those of web pages are refused unless an option allows them.
 *
 * ```js
 * const { url, close } = await listen(store);
 * ```
 */
export async function listen(store: Pick<IdpStore, 'fetch'>, options: ListenOptions = {}): Promise<Listener> {
  const { port = 0, ...allowed } = checked(options, LISTEN);
  const server = createServer(PATIENCE, requestListener(store, allowed));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = () =>
    (closing ??= new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    }));
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    server,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * The store as a listener of `http.createServer`, or as a handler of Express. Requests that do not name the address on
 * which they arrive as their host and those of web pages are refused unless an option allows them.
 *
 * ```js
 * express().use('/', requestListener(store)); // without `express.json()` before
 * ```
 */
export function requestListener(store: Pick<IdpStore, 'fetch'>, options: GuardOptions = {}): RequestListener {
  fitting('store', store, STORE);
  const judge = guard(checked(options, GUARD));
  return (request, response) => {
    const verdict = judge({
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      header: (name) => request.headersDistinct[name] ?? [],
      ...reached(request),
    });
    if (verdict.status !== undefined) return end(response, verdict);
    answer(store, request, response, verdict.headers).catch((error: unknown) => refuse(response, error));
  };
}

/** The address on which a request has arrived, and the scheme. */
function reached({ socket }: IncomingMessage): { own: string[]; scheme: 'http' | 'https' } {
  const { localAddress = '', localPort, encrypted = false } = socket as Partial<TLSSocket>;
  const address = localAddress.replace(/^::ffff:(?=[\d.]+$)/, '');
  const names = [address.includes(':') ? `[${address}]` : address];
  if (/^(127\.|::1$)/.test(address)) names.push('localhost');
  return { own: names.map((name) => `${name}:${localPort}`), scheme: encrypted ? 'https' : 'http' };
}

/** Answers in the place of the store. */
function end(outgoing: ServerResponse, verdict: Exclude<Verdict, { status: undefined }>): void {
  if (verdict.status === 204) return void outgoing.writeHead(204, verdict.headers).end();
  outgoing.writeHead(verdict.status, TEXT).end(`${verdict.words}\n`);
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** What is no matter of a vendor's API, in our own words; code and message, where it has them. */
function refuse(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent || isDropped(error)) return void outgoing.destroy();
  const { code, message } = Object(error) as Partial<IdpStoreError>;
  outgoing.writeHead(code === 'ERR_REQUEST' ? 400 : 500, TEXT);
  outgoing.end(code ? `${code}: ${message}` : String(error));
}

async function answer(
  store: Pick<IdpStore, 'fetch'>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  added: Record<string, string>,
): Promise<void> {
  const target = incoming.url ?? '/';
  // A client that takes us for a proxy names the whole URL (RFC 9112, 3.2.2).
  const url = /^https?:\/\//i.test(target) ? target : `http://${incoming.headers.host ?? 'localhost'}${target}`;
  const headers = new web.Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct)) {
    // What pages may read is settled before.
    if (name === 'origin') continue;
    for (const one of value ?? []) headers.append(name, one);
  }
  const body = await read(incoming, (store as IdpStore).bodyLimit);
  const method = incoming.method ?? 'GET';
  // A `fetch` sends none with these.
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
  const response = await store.fetch(url, { method, headers, ...(hasBody ? { body } : {}) });
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), ...exposed(response, added) });
  outgoing.end(new Uint8Array(await response.arrayBuffer()));
}

/** Lets a page that may read an answer see all of its headers. */
function exposed(response: Response, added: Record<string, string>): Record<string, string> {
  if (!('access-control-allow-origin' in added)) return added;
  return { ...added, 'access-control-expose-headers': [...response.headers.keys()].join(', ') };
}

/** Reads a body of up to the limit, or one byte more: enough for the store to refuse it in its vendor's words. */
async function read(incoming: IncomingMessage, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (length <= limit) chunks.push(chunk);
    length += chunk.length;
  }
  return new Uint8Array(Buffer.concat(chunks).subarray(0, limit + 1));
}
