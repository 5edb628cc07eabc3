// `idpstore/react`: a query's result in a component.

import { useMemo, useSyncExternalStore, type DependencyList } from 'react';

import type { Queries, Query } from './queries.js';
import type { IdpStore } from './store.js';

/**
 * The result of a query, now and whenever it is another; nothing before the first. The query is made anew when one of
 * `dependencies` changes, which are those of `useMemo`.
 *
 * ```jsx
 * const providers = useLive(store, (query) => query.providers({ name }), [name]);
 * ```
 */
export function useLive<T>(
  store: IdpStore,
  query: (queries: Queries) => Query<T>,
  dependencies: DependencyList = [],
): T | undefined {
  const live = useMemo(() => store.live(query), [store, ...dependencies]);
  const result = () => live.result;
  return useSyncExternalStore(live.subscribe, result, result);
}
