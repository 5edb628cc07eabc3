// The store that is shown: one that is open here, or one of a server.

import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import type { ConsoleStore } from '../../src/console-types.js';
import type { Queries, Query } from '../../src/queries.js';

export type { ConsoleStore };

export const Store = createContext<ConsoleStore>(undefined as never);

/** The store that is shown. */
export function useStore(): ConsoleStore {
  return useContext(Store);
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
export function useCall<T>(call: (store: ConsoleStore) => Promise<T>, dependencies: unknown[]): { value?: T; error?: unknown } {
  const store = useStore();
  const [answer, setAnswer] = useState<{ value?: T; error?: unknown }>({});
  useEffect(() => {
    let isWanted = true;
    const take = (next: { value?: T; error?: unknown }) => isWanted && setAnswer(next);
    call(store).then((value) => take({ value }), (error: unknown) => take({ error }));
    return () => {
      isWanted = false;
    };
  }, [store, ...dependencies]);
  return answer;
}
