// What all typed clients are made of: how a call is sent, and how its answer is read. What an API refuses is thrown as
// `ERR_RESPONSE`.

import { unknown } from './checks.js';
import type { FileContent } from './content.js';
import { accepted } from './refusal.js';
import { web } from './web.js';

/** How requests are answered. */
export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

const FORM = 'multipart/form-data';

/** How the content of a file is sent: as which media type, and if it is one member of the body, as which; a form has all members. */
interface Sent {
  type: string;
  member?: string;
}

/** One page of a list. */
export interface Page<T> {
  /** What is on it; it may be less than the limit, or nothing, although more pages follow. */
  items: T[];
  /** What `after` is for the next page; without it this is the last one. */
  next?: string;
}

/** A list: `await` gives one page of it, and `for await` all items, page by page. */
export class Listing<T> implements Promise<Page<T>>, AsyncIterable<T> {
  readonly [Symbol.toStringTag] = 'Listing';

  /** @internal */
  constructor(private readonly page: (after: string | undefined) => Promise<Page<T>>) {}

  then<R = Page<T>, E = never>(
    done?: ((page: Page<T>) => R | PromiseLike<R>) | null,
    failed?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.page(undefined).then(done, failed);
  }

  catch<E = never>(failed?: ((reason: unknown) => E | PromiseLike<E>) | null): Promise<Page<T> | E> {
    return this.then(undefined, failed);
  }

  finally(settled?: (() => void) | null): Promise<Page<T>> {
    return this.then().finally(settled);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    let after: string | undefined;
    do {
      const { items, next }: Page<T> = await this.page(after);
      yield* items;
      after = next;
    } while (after !== undefined);
  }

  /** All items, page by page. */
  async all(): Promise<T[]> {
    const found: T[] = [];
    for await (const item of this) found.push(item);
    return found;
  }
}

/** A client; its methods are written from the description of an API. */
export class Client {
  /** @internal */
  constructor(protected readonly request: Fetch) {}

  /** @internal The document that is answered; nothing if there is none. */
  protected async json<T>(method: string, path: string, body?: unknown, query?: Parameters, sent?: Sent): Promise<T> {
    const response = await this.send(method, path, body, query, sent);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** @internal */
  protected async text(method: string, path: string, body?: unknown, query?: Parameters, sent?: Sent): Promise<string> {
    return (await this.send(method, path, body, query, sent)).text();
  }

  /** @internal */
  protected listing<T>(method: string, path: string, body: unknown, { given, names }: Parameters): Listing<T> {
    return new Listing((after) => this.json(method, path, body, known(after === undefined ? given : { ...given, after }, names)));
  }

  private async send(method: string, path: string, body: unknown, query?: Parameters, sent?: Sent): Promise<Response> {
    const [content, type, beside] = contentOf(body, sent);
    const init: RequestInit = { method };
    if (content !== undefined) init.body = content;
    if (content !== undefined && type !== undefined) init.headers = { 'content-type': type };
    return accepted(await this.request(path + written(query, beside), init), `${method} ${path}`);
  }
}

/** The parameters of a query, and the names that are known. */
export interface Parameters {
  given: object | undefined;
  names: string[];
}

/** These parameters, of which only some names are known. */
export function known(given: object | undefined, names: string[]): Parameters {
  return { given, names };
}

/** A segment of a path. */
export function segment(text: string | number): string {
  return encodeURIComponent(text);
}

/** What is sent of a body, as which media type, and what of it belongs into the query. */
function contentOf(body: unknown, sent?: Sent): [BodyInit | undefined, string | undefined, object] {
  if (sent && !sent.member) return [body as BodyInit, sent.type, {}];
  if (sent?.member) {
    const { [sent.member]: content, ...others } = body as Record<string, unknown>;
    if (sent.type === FORM && content !== undefined) return [form(sent.member, content as FileContent, others), undefined, {}];
    // A file in bytes may be in any character set: it is sent as it is.
    if (ArrayBuffer.isView(content)) return [content as BodyInit, sent.type, others];
  }
  return [body === undefined ? undefined : JSON.stringify(body), 'application/json', {}];
}

function form(member: string, content: FileContent, others: object): FormData {
  const made = new web.FormData();
  for (const [name, value] of Object.entries(others)) if (value !== undefined) made.append(name, String(value));
  made.append(member, new web.Blob([content as BlobPart]), member);
  return made;
}

function written({ given = {}, names }: Parameters = { given: {}, names: [] }, beside: object): string {
  for (const name of Object.keys(given)) if (!names.includes(name)) throw unknown(name, names);
  const all = Object.entries({ ...given, ...beside }).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(all.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}
