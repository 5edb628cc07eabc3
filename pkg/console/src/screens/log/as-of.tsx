// Shows the store as it was at a moment.

import { useState } from 'preact/hooks';

import { useTeller } from '../../parts/notices.js';
import { toTime } from '../../routes.js';
import { lastNumber, useStore, type ConsoleStore } from '../../store.js';
import { useWords } from '../../words/words.js';

export function AsOf() {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [moment, setMoment] = useState('');
  const show = () =>
    attempt(async () => {
      location.hash = toTime('providers', '', await changeAt(store, new Date(moment).toISOString()));
    });
  return (
    <div class="tools">
      <label>
        {words.past.at}
        <input type="datetime-local" step="1" value={moment} onInput={(event) => setMoment(event.currentTarget.value)} />
      </label>
      <button disabled={!moment} onClick={() => void show()}>
        {words.past.show}
      </button>
    </div>
  );
}

/** The number of the last change until a time; 0 if there was none. */
async function changeAt(store: ConsoleStore, time: string): Promise<number> {
  let low = 0;
  let high = await lastNumber(store);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [found] = (await store.history.changes({ after: middle - 1, limit: 1 })).items;
    if (found && Date.parse(found.time) <= Date.parse(time)) low = found.number;
    else high = middle - 1;
  }
  return low;
}
