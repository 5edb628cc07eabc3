// What was done, newest first, with what has changed, and undo.

import { useState } from 'preact/hooks';

import type { Change } from '../../../src/idpstore-types.js';
import { moment } from '../parts/dates.js';
import { useTeller } from '../parts/notices.js';
import { to } from '../routes.js';
import { useCall, useStore } from '../store.js';
import { useWords } from '../words/words.js';
import { Requests } from './requests.js';

/** How far back the log is shown at first, in numbers of changes; then twice as far each time. */
const PORTION = 50;

export function Log() {
  const words = useWords();
  const store = useStore();
  const [count, setCount] = useState(PORTION);
  const [turn, setTurn] = useState(0);
  const again = () => setTurn((turn) => turn + 1);
  const { value: read } = useCall(async () => {
    const { last } = await store.history.changes({ after: 0, limit: 1 });
    const { items } = await store.history.changes({ after: Math.max(0, last - count), limit: 1000 });
    return { changes: items.reverse(), hasMore: last > count };
  }, [count, turn]);
  if (!read) return <p class="empty">{words.loading}</p>;
  const { changes, hasMore } = read;
  return (
    <section>
      <h2>{words.screens.log}</h2>
      <ol class="log">
        {changes.map((change, at) => (
          <Entry key={`${change.number} ${change.kind} ${change.subject} ${at}`} change={change} again={again} />
        ))}
      </ol>
      {changes.length === 0 && <p class="empty">{words.log.none}</p>}
      {hasMore && <button onClick={() => setCount(2 * count)}>{words.log.more}</button>}
      {store.requests && <Requests />}
    </section>
  );
}

function Entry({ change, again }: { change: Change; again: () => void }) {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [isOpen, setOpen] = useState(false);
  const undo = () => attempt(async () => (await store.history.undo(change.number), again()));
  return (
    <li>
      <time dateTime={change.time}>{moment(change.time, words.language)}</time>
      <button class="plain" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {change.kind.replaceAll('_', ' ')}
      </button>
      {change.kind.startsWith('provider_') && <a href={to('provider', change.subject)}>{change.subject}</a>}
      <span>
        {words.log.by} {change.actor}
      </span>
      {change.undoes !== null && <span>{words.log.undone(change.undoes)}</span>}
      <button onClick={() => void undo()}>{words.log.undo}</button>
      {isOpen && <Difference change={change} />}
    </li>
  );
}

/** The record before and after. */
function Difference({ change: { subject, number } }: { change: Change }) {
  const { value, error } = useCall(async (store) => (await store.history.of(subject, { limit: 1000 })).items.find((one) => one.number === number), [subject, number]);
  if (error !== undefined) return <p class="error">{String(error)}</p>;
  if (!value) return null;
  return (
    <table class="difference">
      <tbody>
        {value.members.map((pointer) => (
          <tr key={pointer}>
            <th scope="row">{pointer}</th>
            <td>
              <del>{at(value.before, pointer)}</del>
            </td>
            <td>
              <ins>{at(value.after, pointer)}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is at a JSON Pointer (RFC 6901), as a text. */
function at(record: object | null, pointer: string): string {
  const names = pointer.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const value = names.reduce<unknown>((inside, name) => (Object(inside) as Record<string, unknown>)[name], record);
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}
