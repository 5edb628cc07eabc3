// What a test controls: scripted faults, the requests that were answered, and the clock. A store in memory has them.

import { fitting, nearest, quoted, refused, TEXT, whole } from './checks.js';
import type { Core } from './core.js';
import { OPERATIONS } from './operation-names.js';
import type { ServedRequest } from './served.js';

/**
 * The name of an operation, as its API names it. ZITADEL's operations have a second name where they are called through its services of
 * gRPC, such as `zitadel.idp.v2.IdentityProviderService/GetIDPByID`.
 */
export type Operation = (typeof OPERATIONS)[number] | `zitadel.${string}/${string}`;

/** Refuses a name that no operation has: it would be met by no request, and found in none. */
function known(operation: unknown): void {
  const name = String(operation).split('/').at(-1)!;
  if ((OPERATIONS as readonly string[]).includes(name)) return;
  throw refused(`there is no operation ${quoted(operation)}: did you mean \`${nearest(name, OPERATIONS)}\`?`);
}

/** What goes wrong, and for which requests: those that fit all of `dialect`, `operation`, `method` and `path` that are there. */
export interface Fault {
  /** The vendor whose API it is; `api` for the neutral one. */
  dialect?: 'okta' | 'pingone' | 'zitadel' | 'api';
  /** The operation, as the vendor names it, such as `createIdentityProvider`. */
  operation?: Operation;
  /** The method. */
  method?: string;
  /** The start of the path. */
  path?: string;
  /** How many such requests pass before. */
  after?: number;
  /** How many such requests meet it; without it all, until it is removed. */
  times?: number;
  /** The status of the answer, 400, 401, 403, 404, 405, 409, 413, 429, 500 or 503, in the vendor's own words; with a `body` any. */
  status?: number;
  /** The answer in place of the vendor's: a text as it is, anything else as JSON. */
  body?: unknown;
  /** How many milliseconds the answer takes longer. */
  delay?: number;
  /** Whether the call is not made, and `fetch` fails as if the connection were lost. */
  drop?: boolean;
}

const DROPPED = Symbol.for('idpstore.dropped');

/** What `fetch` fails with where a fault says so, as it does if the connection is lost. */
export function dropped(): TypeError {
  return Object.assign(new TypeError('fetch failed', { cause: new Error('a scripted fault') }), { [DROPPED]: true });
}

/** Whether it is such a failure, of this copy of the package or of another. */
export function isDropped(error: unknown): boolean {
  return DROPPED in Object(error);
}

/** Faults that a test scripts. */
export class Faults {
  /** @internal */
  constructor(private readonly core: Core) {}

  /**
   * Scripts a fault; returns a function that removes it. Of several that fit a request, the one that was scripted first applies.
   *
   * ```js
   * await store.faults.use({ operation: 'createIdentityProvider', status: 429, times: 1 });
   * ```
   */
  async use(fault: Fault): Promise<() => Promise<void>> {
    if (Object(fault).operation !== undefined) known(fault.operation);
    const number = await this.core.control('inject', fault);
    return async () => void (await this.core.control('remove', number));
  }

  /** The faults that are left. */
  async list(): Promise<Fault[]> {
    const faults = (await this.core.control('faults')) as { fault: Fault }[];
    return faults.map(({ fault }) => fault);
  }

  /** Removes all faults. */
  async clear(): Promise<void> {
    await this.core.control('clearFaults');
  }
}

/** How many requests are kept. */
const KEPT = 1000;

/** The last thousand requests that were answered, in their order. */
export class Requests implements Iterable<ServedRequest> {
  #served: ServedRequest[] = [];

  /** How many there are. */
  get length(): number {
    return this.#served.length;
  }

  [Symbol.iterator](): Iterator<ServedRequest> {
    return this.#served[Symbol.iterator]();
  }

  /**
   * Those of an operation, or those that a function picks.
   *
   * ```js
   * expect(store.requests.filter('replaceIdentityProvider')).toHaveLength(1);
   * ```
   */
  filter(wanted: Operation | ((request: ServedRequest) => boolean)): ServedRequest[] {
    if (typeof wanted !== 'function') known(wanted);
    const picks = typeof wanted === 'function' ? wanted : ({ operation }: ServedRequest) => operation === wanted;
    return this.#served.filter(picks);
  }

  /** Forgets them. */
  clear(): void {
    this.#served = [];
  }

  /** A line for each: method, path, status and operation. */
  toString(): string {
    const line = ({ method, path, query, status, operation, fault }: ServedRequest) =>
      `${method} ${path}${query ? `?${query}` : ''} ${status} ${operation ?? 'not served'}${fault ? ' (fault)' : ''}`;
    return this.#served.map(line).join('\n');
  }

  /** @internal */
  note(request: ServedRequest): void {
    this.#served.push(request);
    if (this.#served.length > KEPT) this.#served.shift();
  }
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The clock of a store. */
export class StoreClock {
  /** @internal */
  constructor(
    private readonly core: Core,
    private readonly changed: () => void,
  ) {}

  /** The time, in milliseconds since 1970. */
  async now(): Promise<number> {
    return (await this.core.control('now')) as number;
  }

  /** Makes it a time, and brings what the clock brings until then, such as the end of an overlap. It goes on from there. */
  async set(time: Date | number | string): Promise<void> {
    const millis = new Date(time).getTime();
    if (Number.isNaN(millis)) throw refused(`\`time\` is not a time: \`${String(time)}\``);
    await this.core.control('setClock', millis);
    this.changed();
  }

  /** Moves it on by milliseconds, or by a duration such as `30d`, `12h`, `5m`, `10s` or `250ms`. */
  async advance(by: number | string): Promise<void> {
    await this.set((await this.now()) + milliseconds(by));
  }
}

function milliseconds(by: number | string): number {
  if (typeof by === 'number') {
    fitting('by', by, whole(0, Number.MAX_SAFE_INTEGER));
    return by;
  }
  fitting('by', by, TEXT);
  const [, number, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(by) ?? [];
  if (!unit) throw refused(`\`by\` must be a number of milliseconds or a duration such as \`30d\`, not \`${by}\``);
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}
