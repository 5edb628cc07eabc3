// The requests that were answered, of a store that lists them, newest first.

import { useEffect, useState } from 'preact/hooks';

import type { ServedRequest } from '../../../src/served.js';
import { moment } from '../parts/dates.js';
import { useTeller } from '../parts/notices.js';
import { useStore } from '../store.js';
import { useWords } from '../words/words.js';

/** How often the list is read, in milliseconds; and how many requests are shown. */
const EVERY = 500;
const SHOWN = 200;

export function Requests() {
  const words = useWords();
  const { requests } = useStore();
  const [all, setAll] = useState<ServedRequest[]>([]);
  const [text, setText] = useState('');
  useEffect(() => {
    const read = () => setAll((before) => (before.at(-1)?.number === [...requests!].at(-1)?.number ? before : [...requests!]));
    read();
    const timer = setInterval(read, EVERY);
    return () => clearInterval(timer);
  }, [requests]);
  const found = all.filter((request) => line(request).toLowerCase().includes(text.toLowerCase()));
  return (
    <section>
      <h3>{words.requests.title}</h3>
      <label>
        {words.requests.filter}
        <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {all.length === 0 && <p class="empty">{words.requests.none}</p>}
      <ol class="log">
        {found.slice(-SHOWN).reverse().map((request) => (
          <Entry key={request.number} request={request} />
        ))}
      </ol>
    </section>
  );
}

function line({ method, path, operation = '', status }: ServedRequest): string {
  return `${method} ${path} ${operation} ${status}`;
}

function Entry({ request }: { request: ServedRequest }) {
  const words = useWords();
  const { say, attempt } = useTeller();
  const { time, method, path, query, status, operation, change } = request;
  const url = path + (query ? `?${query}` : '');
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(`curl -X ${method} '${location.origin}${url}'`);
      say(words.requests.copied);
    });
  return (
    <li>
      <time dateTime={new Date(time).toISOString()}>{moment(new Date(time).toISOString(), words.language)}</time>
      <code>
        {method} {url}
      </code>
      <span class={status >= 400 ? 'mark ended' : 'kind'}>{status}</span>
      <span class="kind">{operation}</span>
      {change !== undefined && <span>{words.requests.change(change)}</span>}
      <button onClick={() => void copy()}>{words.requests.copy}</button>
    </li>
  );
}
