// When something ends, marked if that is soon or was.

import { useWords } from '../words/words.js';
import { day } from './dates.js';
import { Icon } from './icons.js';

/** What ends within so many days is marked. */
export const SOON = 60;
export const DAY = 86_400_000;

/** How near an end is. */
export function nearness(at: string): 'ended' | 'soon' | 'far' {
  const left = Date.parse(at) - Date.now();
  return left <= 0 ? 'ended' : left < SOON * DAY ? 'soon' : 'far';
}

export function End({ at }: { at: string }) {
  const words = useWords();
  const near = nearness(at);
  const text = near === 'ended' ? words.ended(day(at, words.language)) : words.ends(day(at, words.language));
  if (near === 'far') return <span class="soft small-text">{text}</span>;
  return (
    <span class={`badge ${near === 'ended' ? 'bad' : 'warn'}`}>
      <Icon name="warning" />
      {text}
    </span>
  );
}
