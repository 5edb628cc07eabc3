// That the store is shown as it was, and the way back.

import { useEffect, useState } from 'preact/hooks';

import { toTime, useRoute } from '../routes.js';
import type { ConsoleStore } from '../store.js';
import { useWords } from '../words/words.js';
import { moment } from './dates.js';
import { Icon } from './icons.js';

export function Past({ number, now }: { number: number; now: ConsoleStore }) {
  const words = useWords();
  const { screen, id } = useRoute();
  const [time, setTime] = useState<string>();
  useEffect(() => {
    const after = Math.max(0, number - 1);
    now.history.changes({ after, limit: 1 }).then(({ items: [change] }) => setTime(change && number > 0 ? change.time : undefined), () => setTime(undefined));
  }, [number]);
  return (
    <div class="past" role="status">
      <span>
        <Icon name="log" /> {words.past.shown(number, time && moment(time, words.language))}
      </span>
      <a href={toTime(screen, id, undefined)}>{words.past.back}</a>
    </div>
  );
}
