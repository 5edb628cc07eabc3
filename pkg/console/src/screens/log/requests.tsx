// The requests that were answered, of a store that lists them, newest first.

import { useEffect, useState } from 'preact/hooks';

import type { ServedRequest } from '../../../../src/served.js';
import { clock } from '../../parts/dates.js';
import { Icon } from '../../parts/icons.js';
import { Failed, useTeller } from '../../parts/notices.js';
import { vendorName } from '../../parts/plan.js';
import { useCall, useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { curl } from './curl.js';
import { Details } from './details.js';
import { SHOWN as CHANGES } from './units.js';

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
    <div class="stack log">
      <div class="tools">
        <label class="grow">
          {words.requests.filter}
          <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <p class="count" role="status">
          {words.requests.count(found.length)}
        </p>
      </div>
      {found.length === 0 ? (
        <p class="empty">{all.length === 0 ? words.requests.none : words.requests.noneFits}</p>
      ) : (
        <section class="card">
          <ol>
            {found.slice(-SHOWN).reverse().map((request) => (
              <Entry key={request.number} request={request} />
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}

function line({ method, path, query = '', dialect, operation = '', status }: ServedRequest): string {
  return `${method} ${path}?${query} ${dialect ?? ''} ${operation} ${status}`;
}

function Entry({ request }: { request: ServedRequest }) {
  const words = useWords();
  const { url: server } = useStore();
  const { say, attempt } = useTeller();
  const [isOpen, setOpen] = useState(false);
  const { time, method, path, query, status, dialect, operation, change, fault } = request;
  const url = path + (query ? `?${query}` : '');
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(curl(request, server));
      say(words.copied);
    });
  const moment = new Date(time).toISOString();
  return (
    <li class="entry request">
      <time dateTime={moment}>{clock(moment, words.language)}</time>
      <span class={`badge ${status >= 400 || status === 0 ? 'bad' : 'good'}`}>{status}</span>
      <span class="what">
        <code>
          <strong>{method}</strong> {url}
        </code>
        {dialect && <span class="badge">{dialect === 'api' ? words.requests.neutral : vendorName(dialect)}</span>}
        {fault && <span class="badge warn">{words.requests.fault}</span>}
        <span class="soft small-text">{operation}</span>
        {change !== undefined && (
          <button class="disclose small-text" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {words.requests.change(change)}
          </button>
        )}
      </span>
      <button class="small quiet" onClick={() => void copy()}>
        <Icon name="copy" />
        {words.requests.copy}
      </button>
      {isOpen && <Changed number={change!} />}
    </li>
  );
}

/** What a request has changed. */
function Changed({ number }: { number: number }) {
  const words = useWords();
  const { value: changes, error } = useCall(async (store) => (await store.history.changes({ after: number - 1, limit: 1 })).items.filter((one) => one.number === number), [number]);
  if (error !== undefined) return <Failed error={error} />;
  if (!changes) return <p class="soft">{words.loading}</p>;
  return (
    <ul class="lines">
      {changes.slice(0, CHANGES).map(({ kind, subject }, at) => (
        <li key={at}>
          {words.log.kind(kind)}
          <Details number={number} subject={subject} />
        </li>
      ))}
      {changes.length > CHANGES && <li class="soft">{words.plan.more(changes.length - CHANGES)}</li>}
    </ul>
  );
}
