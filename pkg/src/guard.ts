// Which requests a server on loopback refuses, because a web page may have caused them: the same that `idpstore serve`
// refuses.

import { refused, TEXTS, type Rules } from './checks.js';

/** Who may reach a server from a browser. */
export interface GuardOptions {
  /** Names besides its own address by which requests may address the server, such as `example.okta.com` or `db:8080`. */
  allowHosts?: readonly string[];
  /** Pages that may use the server, by their origins, such as `https://admin.example`. `any` allows every page. */
  allowOrigins?: readonly string[] | 'any';
}

/** @internal */
export const GUARD: Rules<GuardOptions> = {
  allowHosts: TEXTS,
  allowOrigins: { fits: (origins: unknown) => origins === 'any' || TEXTS.fits(origins as never), expected: '`any` or a list of origins' },
};

/** A request, as far as the guard looks at it. */
export interface Guarded {
  method: string;
  /** What stands in the request line: a path, a whole URL, or `*`. */
  target: string;
  /** All values of a header, by its name in lower case. */
  header(name: string): readonly string[];
  /** The address on which the request arrived, such as `127.0.0.1:4010`, and its other names. */
  own: readonly string[];
  scheme: 'http' | 'https';
}

/** What the guard makes of a request: an answer, or the headers that are to be added to that of the store. */
export type Verdict =
  | { status: 400 | 403; words: string }
  | { status: 204; headers: Record<string, string> }
  | { status: undefined; headers: Record<string, string> };

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i;
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i;
const PORTS: Record<string, string> = { http: '80', https: '443' };
const HERE = ['same-origin', 'none'];

/** Makes a guard, which judges requests one by one. */
export function guard({ allowHosts = [], allowOrigins = [] }: GuardOptions): (request: Guarded) => Verdict {
  const hosts = new Set(allowHosts.map(allowedHost));
  const isAny = allowOrigins === 'any' || allowOrigins.includes('any');
  const origins = new Set(allowOrigins === 'any' ? [] : allowOrigins.filter((origin) => origin !== 'any').map(allowedOrigin));
  const vary: Record<string, string> = isAny || origins.size > 0 ? { vary: 'Origin' } : {};

  /** Whether a host is one of those that are allowed, at any port if none is given with it. */
  const isAllowedHost = (host: string, scheme: string, own: readonly string[]) => {
    const name = host.replace(/:\d+$/, '');
    return hosts.has(name) || [...hosts, ...own].some((one) => withPort(one, scheme) === withPort(host, scheme));
  };
  const isAllowedOrigin = (origin: string) => {
    const read = origin === 'null' ? origin : readOrigin(origin);
    return read !== undefined && (isAny || origins.has(read));
  };

  return (request) => {
    const { method, target, header, own, scheme } = request;
    const host = header('host').length === 1 ? readHost(header('host')[0]!) : undefined;
    // A client that takes us for a proxy names the whole URL (RFC 9112, 3.2.2).
    const named = readHost(/^https?:\/\/([^/?#]*)/i.exec(target)?.[1] ?? host ?? '');
    if (host === undefined || named === undefined) {
      return { status: 400, words: 'a request needs one `Host` header, with the name of a host' };
    }
    for (const one of [host, named]) if (!isAllowedHost(one, scheme, own)) return strange(one);
    const [origin, ...others] = header('origin');
    const isAllowed = origin !== undefined && others.length === 0 && isAllowedOrigin(origin);
    const isOwn = origin === undefined || (others.length === 0 && readOrigin(origin) === readOrigin(`${scheme}://${host}`));
    const isHere = header('sec-fetch-site').length < 2 && header('sec-fetch-site').every((site) => HERE.includes(site));
    if (!isAllowed) return isOwn && isHere ? { status: undefined, headers: vary } : foreign(origin);
    const headers = { ...vary, 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
    const isPreflight = method === 'OPTIONS' && header('access-control-request-method').length > 0;
    return isPreflight ? { status: 204, headers: { ...headers, ...preflight(header) } } : { status: undefined, headers };
  };
}

/** What a page that is allowed may send: every method that an API has, and the headers that it asks for. */
function preflight(header: Guarded['header']): Record<string, string> {
  const asked = header('access-control-request-headers').join(', ');
  return {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-max-age': '600',
    ...(asked === '' ? {} : { 'access-control-allow-headers': asked }),
    ...(header('access-control-request-private-network')[0] === 'true' ? { 'access-control-allow-private-network': 'true' } : {}),
  };
}

function strange(host: string): Verdict {
  return { status: 403, words: `requests for the host \`${host.slice(0, 200)}\` are refused: allow it with the option \`allowHosts\`` };
}

function foreign(origin: string | undefined): Verdict {
  const page = origin === undefined ? 'another page' : `a page of \`${origin.slice(0, 200)}\``;
  return { status: 403, words: `requests of ${page} are refused: allow its origin with the option \`allowOrigins\`` };
}

/** A host with its port, if it has one, in lower case. */
function readHost(text: string): string | undefined {
  const [, name, port] = HOST.exec(text) ?? [];
  if (name === undefined || Number(port ?? 0) > 65535) return undefined;
  return port === undefined ? name.toLowerCase() : `${name.toLowerCase()}:${Number(port)}`;
}

function withPort(host: string, scheme: string): string {
  return /:\d+$/.test(host) ? host : `${host}:${PORTS[scheme]}`;
}

/** An origin in lower case, with its port. */
function readOrigin(text: string): string | undefined {
  const [, scheme, authority] = ORIGIN.exec(text.toLowerCase()) ?? [];
  const host = authority === undefined ? undefined : readHost(authority);
  return host === undefined ? undefined : `${scheme}://${withPort(host, scheme!)}`;
}

function allowedHost(text: string): string {
  const host = readHost(text);
  if (host === undefined) throw refused(`\`allowHosts\` takes names of hosts such as \`example.com\` or \`example.com:8080\`, not \`${text}\``);
  return host;
}

function allowedOrigin(text: string): string {
  const origin = readOrigin(text);
  if (origin === undefined) throw refused(`\`allowOrigins\` takes origins such as \`https://app.example\`, not \`${text}\``);
  return origin;
}
