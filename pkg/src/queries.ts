// What can be followed: how a result follows from the one before and from what has changed.

import type { ApplicationCalls, KeyCalls, ProviderCalls, RotationCalls } from './idpstore-client.js';
import type { Application, Change, Expiring, ListedKey, Provider, Rotation } from './idpstore-types.js';
import type { Listing } from './client.js';
import { IdpStoreError } from './errors.js';

/** What a query asks, and how its result follows from the one before and from what has changed. */
export interface Query<T> {
  /** The result. */
  run(): Promise<T>;
  /** The result after these changes. */
  follow(result: T, changes: Change[]): Promise<T>;
}

/** What queries need of a store. */
interface Calls {
  readonly providers: ProviderCalls;
  readonly applications: ApplicationCalls;
  readonly keys: KeyCalls;
  readonly rotation: RotationCalls;
}

/** What a list has: all that fits, or up to a `limit`. */
type Of<Call extends (...given: never[]) => unknown> = Omit<NonNullable<Parameters<Call>[0]>, 'after'>;

/** As many records as one page may have. */
const PAGE = 1000;
/** After more changes than these everything is read again. */
const FEW = 100;
const DEFAULT_TENANT = '1';

/** The queries that can be live. */
export class Queries {
  /** @internal */
  constructor(private readonly store: Calls) {}

  /** Identity providers: all that fit, or up to a `limit`. */
  providers(query: Of<ProviderCalls['list']> = {}): Query<Provider[]> {
    const { providers } = this.store;
    const one = (id: string) => providers.get(id, tenantOf(query)).then((found) => (fits(found, query) ? found : undefined));
    return records(query, (paging) => providers.list({ ...query, ...paging }), one);
  }

  /** One provider, as long as there is one with this id or alias. */
  provider(id: string, query: { tenant?: string } = {}): Query<Provider | undefined> {
    return again(() => ifThere(this.store.providers.get(id, query)));
  }

  /** Applications. */
  applications(query: Of<ApplicationCalls['list']> = {}): Query<Application[]> {
    const { applications } = this.store;
    return records(query, (paging) => applications.list({ ...query, ...paging }), (id) => applications.get(id, tenantOf(query)));
  }

  /** Keys. */
  keys(query: Of<KeyCalls['list']> = {}): Query<ListedKey[]> {
    return again(() => listed(query, (paging) => this.store.keys.list({ ...query, ...paging })), touchesKeys);
  }

  /** Certificates that end soon. */
  expiring(query: Of<KeyCalls['expiring']>): Query<Expiring[]> {
    return again(() => listed(query, (paging) => this.store.keys.expiring({ ...query, ...paging })), touchesKeys);
  }

  /** The keys of an owner and their roles. */
  rotation(owner: string, query: { tenant?: string } = {}): Query<Rotation | undefined> {
    return again(() => ifThere(this.store.rotation.status(owner, query)));
  }
}

/** A query that is made again after each change that may be about it. */
function again<T>(run: () => Promise<T>, touches: (change: Change) => boolean = () => true): Query<T> {
  return { run, follow: async (before, changes) => (changes.some(touches) ? same(before, await run()) : before) };
}

/** Whether keys may be others after a change: not those of what was switched on or off, nor for what is done to users. */
function touchesKeys({ kind }: Change): boolean {
  return !/^user_|_(de)?activated$/.test(kind);
}

/** All that a list has, or up to its limit; nothing if there is no such tenant. */
async function listed<T>({ limit }: { limit?: number }, list: (paging: { limit: number }) => Listing<T>): Promise<T[]> {
  const found = limit === undefined ? list({ limit: PAGE }).all() : list({ limit }).then(({ items }) => items);
  return (await ifThere(found)) ?? [];
}

/**
 * Records in the order of their ids. After a change only those records are read that it is about. A search by name and a list with a
 * limit are made anew.
 */
function records<T extends { id: string }>(
  query: { tenant?: string; name?: string; limit?: number },
  list: (paging: { limit: number }) => Listing<T>,
  get: (id: string) => Promise<T | undefined>,
): Query<T[]> {
  const { tenant = DEFAULT_TENANT, name, limit } = query;
  const run = () => listed(query, list);
  if (name !== undefined || limit !== undefined) return again(run);
  const follow = async (before: T[], changes: Change[]) => {
    const subjects = new Set(changes.filter((change) => BigInt(change.tenant) === BigInt(tenant)).map(({ subject }) => subject));
    const isWhole = changes.some(({ kind }) => kind === 'restored' || kind.startsWith('tenant_'));
    if (isWhole || subjects.size > FEW) return same(before, await run());
    let result = before;
    for (const id of subjects) result = placed(result, id, await ifThere(get(id)));
    return result;
  };
  return { run, follow };
}

/** The list with this record in its place, or without it; itself if it is the same. */
function placed<T extends { id: string }>(list: T[], id: string, record: T | undefined): T[] {
  const at = place(list, id);
  const found = list[at]?.id === id ? list[at] : undefined;
  if (same(found, record) === found) return list;
  return [...list.slice(0, at), ...(record ? [record] : []), ...list.slice(found ? at + 1 : at)];
}

/** Where a record with this id is, or would be. */
function place(list: { id: string }[], id: string): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (BigInt(list[middle]!.id) < BigInt(id)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The result before, if the new one is the same. */
export function same<T>(before: T, after: T): T {
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
}

function fits({ kind }: Provider, query: { kind?: string }): boolean {
  return query.kind === undefined || query.kind === kind;
}

function tenantOf({ tenant }: { tenant?: string }): { tenant?: string } {
  return tenant === undefined ? {} : { tenant };
}

/** What is found; nothing if it is not there. */
async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (IdpStoreError.is(error) && error.response?.status === 404) return undefined;
    throw error;
  }
}
