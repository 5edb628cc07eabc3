// The store that is shown: one that is open here, one of a server, or one of these as it was.

import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import type { ConsoleStore } from '../../src/console-types.js';
import type { Queries, Query } from '../../src/queries.js';

export type { ConsoleStore };

/** What screens show. */
export interface Shown {
  store: ConsoleStore;
  /** After which change the store is shown; nothing if it is shown as it is, and can be changed. */
  asOf: number | undefined;
}

export const Store = createContext<Shown>(undefined as never);

/** The store that is shown. */
export function useStore(): ConsoleStore {
  return useContext(Store).store;
}

/** Whether the store is shown as it is now: what it was cannot be changed. */
export function useIsNow(): boolean {
  return useContext(Store).asOf === undefined;
}

/** What was answered last, or why it has failed. */
export interface Answer<T> {
  value?: T;
  error?: unknown;
}

/** The result of a query, now and whenever it is another; nothing before the first. */
export function useLive<T>(query: (queries: Queries) => Query<T>, dependencies: unknown[]): { value: T } | undefined {
  const store = useStore();
  const [result, setResult] = useState<{ value: T }>();
  useEffect(() => {
    setResult(undefined);
    return store.live(query).subscribe((value) => setResult({ value }));
  }, [store, ...dependencies]);
  return result;
}

/** What a call answers, or why it has failed; made again when a dependency is another. */
export function useCall<T>(call: (store: ConsoleStore) => Promise<T>, dependencies: unknown[]): Answer<T> {
  const store = useStore();
  const [answer, setAnswer] = useState<Answer<T>>({});
  useEffect(() => {
    let isWanted = true;
    const take = (next: Answer<T>) => isWanted && setAnswer(next);
    call(store).then((value) => take({ value }), (error: unknown) => take({ error }));
    return () => {
      isWanted = false;
    };
  }, [store, ...dependencies]);
  return answer;
}
