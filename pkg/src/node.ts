// `idpstore/node`: the store on a loopback socket, for whatever cannot be handed a `fetch`.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  const close = () =>
    new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    });
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
    answer(store, request, response).catch(() => response.destroy());
  };
}

async function answer(store: IdpStore, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = `http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`;
  const headers = new web.Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one);
  }
  const body = await read(incoming);
  const method = incoming.method ?? 'GET';
  const response = await store.fetch(url, { method, headers, ...(body.length > 0 ? { body } : {}) });
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
