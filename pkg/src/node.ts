// `idpstore/node`: the store on a loopback socket, for whatever cannot be handed a `fetch`.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IdpStoreError } from './errors.js';
import type { IdpStore } from './store.js';
import { web } from './web.js';

/** A store that listens. */
export interface Listener {
  /** Such as `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Ends listening; the store stays open. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Bodies that are larger are refused here: a store takes 1 MiB. */
const BODY_LIMIT = 2 ** 20;

/** Listens on 127.0.0.1; port 0, the default, is any free one. */
export async function listen(store: IdpStore, { port = 0 }: { port?: number } = {}): Promise<Listener> {
  const server = createServer(requestListener(store));
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

/** The store as a listener of `http.createServer`, or as a handler of Express. */
export function requestListener(store: IdpStore): RequestListener {
  return (request, response) => {
    answer(store, request, response).catch((error: unknown) => refuse(response, error));
  };
}

/** What is no matter of a vendor's API, in our own words; code and message, where it has them. */
function refuse(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent) return void outgoing.destroy();
  const { code, message } = Object(error) as Partial<IdpStoreError>;
  outgoing.writeHead(code === 'ERR_REQUEST' ? 400 : 500, { 'content-type': 'text/plain; charset=utf-8' });
  outgoing.end(code ? `${code}: ${message}` : String(error));
}

async function answer(store: IdpStore, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const target = incoming.url ?? '/';
  // A client that takes us for a proxy names the whole URL (RFC 9112, 3.2.2).
  const url = /^https?:\/\//i.test(target) ? target : `http://${incoming.headers.host ?? 'localhost'}${target}`;
  const headers = new web.Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one);
  }
  const body = await read(incoming);
  const method = incoming.method ?? 'GET';
  // A `fetch` sends none with these.
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
  const response = await store.fetch(url, { method, headers, ...(hasBody ? { body } : {}) });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(new Uint8Array(await response.arrayBuffer()));
}

/** Reads a body of up to the limit, or one byte more: enough for the store to refuse it in its vendor's words. */
async function read(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (length <= BODY_LIMIT) chunks.push(chunk);
    length += chunk.length;
  }
  return new Uint8Array(Buffer.concat(chunks).subarray(0, BODY_LIMIT + 1));
}
