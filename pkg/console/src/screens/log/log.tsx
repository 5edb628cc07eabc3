// What was done, newest first.

import { useState } from 'preact/hooks';

import { date } from '../../parts/dates.js';
import { Failed } from '../../parts/notices.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { AsOf } from './as-of.js';
import { Entry } from './entry.js';
import { Requests } from './requests.js';
import { useLog, type Unit } from './units.js';

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
  const [{ value: log, error }, readOlder] = useLog();
  if (error !== undefined) return <Failed error={error} />;
  if (!log) return <p class="empty">{words.loading}</p>;
  if (log.units.length === 0) return <p class="empty">{words.log.none}</p>;
  return (
    <div class="stack log">
      <AsOf />
      {days(log.units, words.language).map(([day, ofDay]) => (
        <section key={day} class="card">
          <h3>{day}</h3>
          <ol>
            {ofDay.map((unit) => (
              <Entry key={unit.changes[0].number} unit={unit} last={log.last} />
            ))}
          </ol>
        </section>
      ))}
      {log.hasMore && <button onClick={readOlder}>{words.log.more}</button>}
    </div>
  );
}

/** Units by the day on which they were made, in their order. */
function days(units: Unit[], language: string): [string, Unit[]][] {
  const found = new Map<string, Unit[]>();
  for (const unit of units) {
    const day = date(unit.changes[0].time, language);
    found.set(day, [...(found.get(day) ?? []), unit]);
  }
  return [...found];
}
