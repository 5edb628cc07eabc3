// What was done, newest first, with what has changed, undo, and the store as it was.

import { useEffect, useState } from 'preact/hooks';

import type { Change } from '../../../../src/idpstore-types.js';
import { clock, date } from '../../parts/dates.js';
import { Failed, useTeller } from '../../parts/notices.js';
import { to, toTime } from '../../routes.js';
import { useCall, useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { AsOf } from './as-of.js';
import { Details } from './details.js';
import { Requests } from './requests.js';

/** How far back the log is shown at first, in numbers of changes; then twice as far each time. */
const PORTION = 50;

export function Log() {
  const words = useWords();
  const store = useStore();
  const [isRequests, setRequests] = useState(false);
  return (
    <section>
      <div class="head">
        <h2>{words.screens.log}</h2>
        {store.requests && (
          <div class="tabs" role="group" aria-label={words.screens.log}>
            <button aria-pressed={!isRequests} onClick={() => setRequests(false)}>
              {words.log.changes}
            </button>
            <button aria-pressed={isRequests} onClick={() => setRequests(true)}>
              {words.requests.title}
            </button>
          </div>
        )}
      </div>
      {isRequests ? <Requests /> : <Changes />}
    </section>
  );
}

function Changes() {
  const words = useWords();
  const store = useStore();
  const [count, setCount] = useState(PORTION);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const listening = store.subscribe(() => setTurn((turn) => turn + 1));
    return () => void listening.then((end) => end());
  }, [store]);
  const { value: read, error } = useCall(async () => {
    const { last } = await store.history.changes({ after: 0, limit: 1 });
    const { items } = await store.history.changes({ after: Math.max(0, last - count), limit: 1000 });
    return { changes: items.reverse(), hasMore: last > count };
  }, [count, turn]);
  if (error !== undefined) return <Failed error={error} />;
  if (!read) return <p class="empty">{words.loading}</p>;
  const { changes, hasMore } = read;
  if (changes.length === 0) return <p class="empty">{words.log.none}</p>;
  return (
    <div class="stack log">
      <AsOf />
      {days(changes, words.language).map(([day, ofDay]) => (
        <section key={day} class="card">
          <h3>{day}</h3>
          <ol>
            {ofDay.map((unit) => (
              <Entry key={unit[0].number} unit={unit} />
            ))}
          </ol>
        </section>
      ))}
      {hasMore && <button onClick={() => setCount(2 * count)}>{words.log.more}</button>}
    </div>
  );
}

/** The changes that one call has made. */
type Unit = [Change, ...Change[]];

/** Calls by the day on which they were made, in their order. */
function days(changes: Change[], language: string): [string, Unit[]][] {
  const found = new Map<string, Unit[]>();
  let last: Unit | undefined;
  for (const change of changes) {
    if (last?.[0].number === change.number) {
      last.unshift(change);
      continue;
    }
    last = [change];
    const day = date(change.time, language);
    found.set(day, [...(found.get(day) ?? []), last]);
  }
  return [...found];
}

/** How many changes of one call are listed. */
const SHOWN = 20;

function Entry({ unit }: { unit: Unit }) {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [isOpen, setOpen] = useState(false);
  const [{ number, time, actor, undoes, subject }] = unit;
  const kinds = [...new Set(unit.map(({ kind }) => words.log.kind(kind)))];
  const isOfOne = unit.every((change) => change.subject === subject);
  return (
    <li class="entry">
      <time dateTime={time}>{clock(time, words.language)}</time>
      <span class="what">
        <button class="disclose" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {kinds.join(', ')}
        </button>
        {isOfOne ? <Subject change={unit[0]} /> : <span>{words.log.records(unit.length)}</span>}
        <span class="soft small-text">{words.log.by(actor)}</span>
        {undoes !== null && <span class="badge">{words.log.undone(undoes)}</span>}
      </span>
      <span class="actions">
        <a class="button small quiet" href={toTime('providers', '', number)}>
          {words.log.show}
        </a>
        <button class="small" onClick={() => void attempt(() => store.history.undo(number))}>
          {words.log.undo}
        </button>
      </span>
      {isOpen && (
        <ul class="stack">
          {unit.slice(0, SHOWN).map((change, at) => (
            <li key={at} class="stack">
              <span class="lines">
                <span>
                  {words.log.kind(change.kind)} <Subject change={change} /> {change.kid && <code class="key-id">{change.kid}</code>}
                </span>
              </span>
              <Details number={number} subject={change.subject} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What was changed, by its name as long as it is there. */
function Subject({ change: { kind, subject, number } }: { change: Change }) {
  const { value: found } = useCall((store) => store.history.record(subject).catch(() => undefined), [subject, number]);
  if (!found) return <code class="key-id">{subject}</code>;
  const { record, what } = found;
  const name = 'name' in record ? record.name : 'login' in record ? record.login : record.kid;
  if (what !== 'provider' || kind === 'provider_deleted') return <bdi>{name}</bdi>;
  return (
    <a href={to('provider', subject)} dir="auto">
      {name}
    </a>
  );
}
