// That the store is shown as it was, and the way back.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { toTime, useRoute } from '../routes.js';
import { useCall, type ConsoleStore } from '../store.js';
import { useWords } from '../words/words.js';
import { moment } from './dates.js';
import { Icon } from './icons.js';
import { Failed } from './notices.js';

export function Past({ number, now, children }: { number: number; now: ConsoleStore; children: ComponentChildren }) {
  const words = useWords();
  const { screen, id } = useRoute();
  const [time, setTime] = useState<string>();
  // The history may not reach back so far, or that change may not have happened.
  const { value, error } = useCall((store) => store.tenants.list({ limit: 1 }).then(({ items }) => items), [number]);
  useEffect(() => {
    if (number === 0) return;
    now.history.changes({ after: number - 1, limit: 1 }).then(({ items: [change] }) => setTime(change?.time), () => setTime(undefined));
  }, [number]);
  const back = (
    <a class="button small" href={toTime(screen, id, undefined)}>
      {words.past.back}
    </a>
  );
  if (error !== undefined) return <Failed error={error}>{back}</Failed>;
  return (
    <>
      <div class="past" role="status">
        <span>
          <Icon name="log" /> {words.past.shown(number, time && moment(time, words.language))}
        </span>
        {back}
      </div>
      {value && children}
    </>
  );
}
