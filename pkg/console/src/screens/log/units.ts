// What the log lists: the changes of each call, newest first, read backwards from the last one.

import { useEffect, useRef, useState } from 'preact/hooks';

import type { Change } from '../../../../src/idpstore-types.js';
import { lastNumber, useStore, type Answer, type ConsoleStore } from '../../store.js';

/** How many changes of one call are listed. */
export const SHOWN = 20;
/** How many numbers of changes the log reads at a time, backwards. */
const STEP = 50;
/** How many changes are requested at a time; those of one call come whole. */
const LIMIT = 200;

/** The changes that one call has made: the first ones, and what is the same of all. */
export interface Unit {
  changes: [Change, ...Change[]];
  /** How many there are. */
  count: number;
  kinds: Set<Change['kind']>;
  /** Whether all are of one record. */
  isOfOne: boolean;
}

/** As much of the log as was read: all after change `start` until change `last`, the last unit first. */
export interface Log {
  units: Unit[];
  start: number;
  last: number;
  /** Whether there are changes before those. */
  hasMore: boolean;
}

/** The log of the store that is shown, as it grows; and what reads further back. */
export function useLog(): [Answer<Log>, () => void] {
  const store = useStore();
  const [answer, setAnswer] = useState<Answer<Log>>({ isWaiting: true });
  const log = useRef<Log>();
  // One after another: what is read is put onto what was read before.
  const reading = useRef(Promise.resolve());
  const read = (step: (log: Log | undefined) => Promise<Log>) => {
    reading.current = reading.current.then(async () => {
      try {
        log.current = await step(log.current);
        setAnswer({ value: log.current, isWaiting: false });
      } catch (error) {
        setAnswer({ error, isWaiting: false });
      }
    });
  };
  useEffect(() => {
    let isQueued = false;
    const follow = () => {
      if (isQueued) return;
      isQueued = true;
      read((log) => {
        isQueued = false;
        return log ? newer(store, log) : begun(store);
      });
    };
    follow();
    const listening = store.subscribe(follow);
    return () => void listening.then((end) => end(), () => {});
  }, [store]);
  return [answer, () => read(async (log) => (log ? older(store, log) : begun(store)))];
}

async function begun(store: ConsoleStore): Promise<Log> {
  const last = await lastNumber(store);
  return older(store, { units: [], start: last, last, hasMore: last > 0 });
}

/** The log with what came since. */
async function newer(store: ConsoleStore, log: Log): Promise<Log> {
  const last = await lastNumber(store);
  const units = await between(store, log.last, last);
  // A store that went back has another log.
  if (units.some(({ kinds }) => kinds.has('restored'))) return begun(store);
  return { ...log, units: [...units, ...log.units], last };
}

/** The log with the changes before; twice as far back each time that none are there. */
async function older(store: ConsoleStore, log: Log): Promise<Log> {
  let { start } = log;
  let found: Unit[] = [];
  for (let step = STEP; found.length === 0 && start > 0; step *= 2) {
    const end = start;
    start = Math.max(0, end - step);
    found = await between(store, start, end);
  }
  const oldest = found.at(-1)?.changes[0].number;
  // Numbers are missing there: is it the beginning of what is kept?
  const isBeginning = start === 0 || (oldest !== start + 1 && (await firstNumber(store)) > start);
  return { ...log, units: [...log.units, ...found], start, hasMore: !isBeginning };
}

/** The number of the first change that is kept. */
async function firstNumber(store: ConsoleStore): Promise<number> {
  const { items } = await store.history.changes({ after: 0, limit: 1 });
  return items[0]?.number ?? Infinity;
}

/** The units after a change until another one, the last first. */
async function between(store: ConsoleStore, start: number, end: number): Promise<Unit[]> {
  const found: Unit[] = [];
  for (let after = start; after < end; ) {
    const { items, next } = await store.history.changes({ after, limit: LIMIT });
    if (items.length === 0) break;
    for (const change of items) if (change.number <= end) add(found, change);
    after = next;
  }
  return found.reverse();
}

function add(units: Unit[], change: Change): void {
  const unit = units.at(-1);
  if (unit?.changes[0].number !== change.number) {
    units.push({ changes: [change], count: 1, kinds: new Set([change.kind]), isOfOne: true });
    return;
  }
  unit.count += 1;
  unit.kinds.add(change.kind);
  unit.isOfOne &&= change.subject === unit.changes[0].subject;
  if (unit.changes.length < SHOWN) unit.changes.push(change);
}
