// The store that is shown: one that is open here, one of a server, or one of these as it was.

import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import type { ConsoleStore } from '../../src/console-types.js';
import type { Live } from '../../src/live.js';
import type { Queries, Query } from '../../src/queries.js';

export type { ConsoleStore };

/** A query that is followed, and what ends that. */
export interface Kept {
  live: unknown;
  end: () => void;
}

/** What screens show. */
export interface Shown {
  store: ConsoleStore;
  /** After which change the store is shown; nothing if it is shown as it is, and can be changed. */
  asOf: number | undefined;
  /** The queries that are followed from their first use on, so that the way back to a screen is short. */
  kept: Map<string, Kept>;
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
  /** Whether another answer is on its way. */
  isWaiting: boolean;
}

/** The result of a query, now and whenever it is another. */
export function useLive<T>(query: (queries: Queries) => Query<T>, dependencies: unknown[]): Answer<T> {
  const store = useStore();
  const [answer, setAnswer] = useState<Answer<T>>({ isWaiting: true });
  useEffect(() => {
    setAnswer({ isWaiting: true });
    return follow(store.live(query), setAnswer);
  }, [store, ...dependencies]);
  return answer;
}

/** As `useLive`, of a query that is followed on after the screen was left. */
export function useKept<T>(name: string, query: (queries: Queries) => Query<T>): Answer<T> {
  const { store, kept } = useContext(Store);
  const live = (kept.get(name)?.live ?? store.live(query)) as Live<T>;
  const [answer, setAnswer] = useState<Answer<T>>(live.result === undefined ? { isWaiting: true } : { value: live.result, isWaiting: false });
  useEffect(() => {
    if (!kept.has(name)) kept.set(name, { live, end: live.subscribe(() => {}, () => {}) });
    return follow(live, setAnswer);
  }, [store]);
  return answer;
}

function follow<T>(live: Live<T>, set: (answer: Answer<T>) => void): () => void {
  return live.subscribe((value) => set({ value, isWaiting: false }), (error) => set({ error, isWaiting: false }));
}

/** What a call answers, or why it has failed; made again when a dependency is another. The answer before stays until then. */
export function useCall<T>(call: (store: ConsoleStore) => Promise<T>, dependencies: unknown[]): Answer<T> {
  const store = useStore();
  const [answer, setAnswer] = useState<Answer<T>>({ isWaiting: true });
  useEffect(() => {
    let isWanted = true;
    const take = (next: Answer<T>) => isWanted && setAnswer(next);
    setAnswer((before) => ({ ...before, isWaiting: true }));
    call(store).then((value) => take({ value, isWaiting: false }), (error: unknown) => take({ error, isWaiting: false }));
    return () => {
      isWanted = false;
    };
  }, [store, ...dependencies]);
  return answer;
}

/** The number of the last change. */
export async function lastNumber(store: ConsoleStore): Promise<number> {
  return (await store.history.changes({ after: Number.MAX_SAFE_INTEGER, limit: 1 })).last;
}
