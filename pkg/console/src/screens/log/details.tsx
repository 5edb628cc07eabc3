// A record before a change and after it.

import { between, Members } from '../../parts/members.js';
import { Failed } from '../../parts/notices.js';
import { useCall } from '../../store.js';
import { useWords } from '../../words/words.js';

export function Details({ number, subject }: { number: number; subject: string }) {
  const words = useWords();
  const { value: found, error } = useCall(
    async (store) => {
      for await (const one of store.history.of(subject, { limit: 1000 })) if (one.number <= number) return { change: one.number === number ? one : undefined };
      return { change: undefined };
    },
    [subject, number],
  );
  if (error !== undefined) return <Failed error={error} />;
  if (!found) return <p class="soft">{words.loading}</p>;
  if (!found.change) return <p class="soft">{words.log.noImage}</p>;
  const { before, after, members } = found.change;
  return <Members changes={between(before, after, before && after ? members : Object.keys(before ?? after ?? {}).map((name) => `/${name}`))} />;
}
