// That a certificate of a provider ends, or that a key of it is weak.

import { useMemo } from 'preact/hooks';

import type { Expiring, ListedKey, Provider } from '../../../src/idpstore-types.js';
import { useKept } from '../store.js';
import { useWords } from '../words/words.js';
import { day } from './dates.js';
import { DAY, nearness, SOON } from './end.js';
import { Icon } from './icons.js';
import { sentence } from './keys.js';

/** What is marked, by the `kid`. */
interface Marked {
  ends: Map<string, Expiring>;
  weak: Map<string, ListedKey>;
}

/** What of all keys is marked. */
export function useMarks(): Marked {
  const { value: ending } = useKept('ending', (query) => query.expiring({ before: new Date(Date.now() + SOON * DAY).toISOString() }));
  const { value: weak } = useKept('weak', (query) => query.keys({ weak: true }));
  return useMemo(
    () => ({
      // The first of several for one key is the soonest, which must not be replaced.
      ends: new Map(ending && [...ending].reverse().map((one) => [one.key.kid, one] as const)),
      weak: new Map(weak?.map((key) => [key.kid, key] as const)),
    }),
    [ending, weak],
  );
}

export function Marks({ of: { trusted_keys = [], signing_key }, all: { ends, weak } }: { of: Provider; all: Marked }) {
  const words = useWords();
  const kids = signing_key ? [...trusted_keys, signing_key] : trusted_keys;
  const [end] = kids.flatMap((kid) => ends.get(kid) ?? []).sort((one, other) => one.at.localeCompare(other.at));
  const [bad] = kids.flatMap((kid) => weak.get(kid) ?? []);
  const isOver = end && nearness(end.at) === 'ended';
  return (
    <>
      {end && (
        <span class={isOver ? 'badge bad' : 'badge warn'} title={day(end.at, words.language)}>
          <Icon name="warning" />
          {isOver ? words.providers.ended : words.providers.endsSoon}
        </span>
      )}
      {bad && (
        <span class="badge warn" title={bad.findings.map(sentence).join('; ')}>
          <Icon name="warning" />
          {words.providers.weak}
        </span>
      )}
    </>
  );
}
