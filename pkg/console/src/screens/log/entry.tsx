// What one call has done, with what has changed, undo, and the store as it was.

import { useState } from 'preact/hooks';

import type { Change } from '../../../../src/idpstore-types.js';
import { clock } from '../../parts/dates.js';
import { useTeller } from '../../parts/notices.js';
import { Planned } from '../../parts/planned.js';
import { to, toTime } from '../../routes.js';
import { useCall, useIsNow, useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { Details } from './details.js';
import type { Unit } from './units.js';

interface Given {
  unit: Unit;
  /** The number of the last change of the store. */
  last: number;
}

export function Entry({ unit: { changes, count, kinds, isOfOne }, last }: Given) {
  const words = useWords();
  const isNow = useIsNow();
  const [isOpen, setOpen] = useState(false);
  const [{ number, time, actor, undoes, due }] = changes;
  return (
    <li class="entry">
      <time dateTime={time}>{clock(time, words.language)}</time>
      <span class="what">
        <button class="disclose" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {[...kinds].map((kind) => words.log.kind(kind)).join(', ')}
        </button>
        {isOfOne ? <Subject change={changes[0]} /> : <span>{words.log.records(count)}</span>}
        <span class="soft small-text">{words.log.by(actor)}</span>
        {undoes !== null && <span class="badge">{words.log.undone(undoes)}</span>}
      </span>
      <div class="actions">
        <a class="button small quiet" href={toTime('providers', '', number)}>
          {words.log.show}
        </a>
        {isNow && due === null && <Undo number={number} last={last} />}
      </div>
      {isOpen && (
        <ul class="stack">
          {changes.map((change, at) => (
            <li key={at} class="stack">
              <span class="lines">
                <span>
                  {words.log.kind(change.kind)} <Subject change={change} /> {change.kid && <code class="key-id">{change.kid}</code>}
                </span>
              </span>
              <Details number={number} subject={change.subject} />
            </li>
          ))}
          {count > changes.length && <li class="soft">{words.plan.more(count - changes.length)}</li>}
        </ul>
      )}
    </li>
  );
}

/** Undoes a change, after what that would change was shown. */
function Undo({ number, last }: { number: number; last: number }) {
  const words = useWords();
  const store = useStore();
  const { say } = useTeller();
  const undo = async () => {
    const { by } = await store.history.undo(number);
    say(words.log.wasUndone(number), { text: words.log.undo, run: () => store.history.undo(by) });
  };
  return <Planned label={words.log.undo} plan={() => store.history.undo(number, { plan: true })} run={undo} of={[last]} />;
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
