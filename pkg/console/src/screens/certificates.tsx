// What ends: certificates by month, with those who use them, and keys that are weak.

import { useMemo, useState } from 'preact/hooks';

import type { Expiring, ListedKey, Reference } from '../../../src/idpstore-types.js';
import { DAY, End, nearness } from '../parts/end.js';
import { Findings } from '../parts/keys.js';
import { Failed } from '../parts/notices.js';
import { Months, monthOf } from '../parts/months.js';
import { Table } from '../parts/table.js';
import { to } from '../routes.js';
import { useCall, useIsNow, useKept, useLive } from '../store.js';
import { useWords } from '../words/words.js';

const SPANS = [90, 365, 2 * 365, 10 * 365];
/** How many lines are shown at first, and then each time more. */
const PORTION = 50;

export function Certificates() {
  const words = useWords();
  const [days, setDays] = useState(365);
  const [month, setMonth] = useState<string>();
  const { value: ending, error } = useLive((query) => query.expiring({ before: new Date(Date.now() + days * DAY).toISOString() }), [days]);
  const shown = useMemo(() => ending?.filter(({ at }) => month === undefined || monthOf(at) === month), [ending, month]);
  const ended = ending?.filter(({ at }) => nearness(at) === 'ended').length ?? 0;
  const soon = ending?.filter(({ at }) => nearness(at) === 'soon').length ?? 0;
  return (
    <section>
      <div class="head">
        <h2>{words.screens.certificates}</h2>
        <label>
          {words.certificates.within}
          <select value={days} onChange={(event) => (setDays(Number(event.currentTarget.value)), setMonth(undefined))}>
            {SPANS.map((span) => (
              <option key={span} value={span}>
                {words.certificates.days(span)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {error !== undefined && <Failed error={error} />}
      {!ending && error === undefined && <p class="empty">{words.loading}</p>}
      {ending && shown && (
        <div class="stack">
          <div class="facts">
            <Fact count={ended} text={words.certificates.ended} look={ended > 0 ? 'bad' : ''} />
            <Fact count={soon} text={words.certificates.soon} look={soon > 0 ? 'warn' : ''} />
            <Fact count={ending.length} text={words.certificates.all} look="" />
          </div>
          {ending.length === 0 ? (
            <p class="empty">{words.certificates.none}</p>
          ) : (
            <>
              <section class="card">
                <h3>{words.certificates.chart}</h3>
                <div class="months">
                  <Months ending={ending} chosen={month} choose={setMonth} />
                </div>
              </section>
              <Ending all={shown} key={month} />
            </>
          )}
          <Weak />
        </div>
      )}
    </section>
  );
}

function Fact({ count, text, look }: { count: number; text: string; look: string }) {
  return (
    <div class={`fact ${look}`}>
      <strong>{count}</strong>
      <span>{text}</span>
    </div>
  );
}

function Ending({ all }: { all: Expiring[] }) {
  const words = useWords();
  const [count, setCount] = useState(PORTION);
  return (
    <section class="card">
      <Table titles={[words.certificates.at, words.certificates.what, words.certificates.usedBy, { text: words.certificates.act, look: 'unseen' }]}>
        {all.slice(0, count).map((one) => (
          <Line key={`${one.at} ${one.what} ${one.key.tenant} ${one.key.kid}`} ending={one} />
        ))}
      </Table>
      {all.length > count && (
        <button class="small more" onClick={() => setCount(count + PORTION)}>
          {words.log.more}
        </button>
      )}
    </section>
  );
}

function Line({ ending: { at, what, key } }: { ending: Expiring }) {
  const words = useWords();
  const isNow = useIsNow();
  const { users, hasMore } = useUsers(key);
  const owner = users?.find(isHere);
  return (
    <tr>
      <td>
        <End at={at} />
      </td>
      <td>
        {words.certificates.kinds[what]} <span class="soft">{words.certificates.uses[key.use]}</span>
        <br />
        <code class="key-id">{key.kid}</code>
      </td>
      <td>
        <UserList of={users} hasMore={hasMore} />
      </td>
      <td class="end">
        {isNow && owner && (key.use !== 'trusted' || owner.owner === 'provider') && (
          <a class="button small" href={to(key.use === 'trusted' ? 'provider' : 'rotation', owner.owner === 'tenant' ? 'tenant' : owner.id)}>
            {key.use === 'trusted' ? words.certificates.renew : words.certificates.rotate}
          </a>
        )}
      </td>
    </tr>
  );
}

interface Users {
  users: Reference[] | undefined;
  /** Whether there are more than those. */
  hasMore: boolean;
}

function useUsers({ kid, tenant }: ListedKey): Users {
  const { value: page } = useCall((store) => store.keys.references(kid, { tenant, limit: 20 }).then((page) => page), [kid, tenant]);
  return { users: page?.items, hasMore: !!page?.next };
}

/** The tenant whose records the console shows. */
const SHOWN_TENANT = '1';

function isHere({ tenant }: Reference): boolean {
  return tenant === SHOWN_TENANT;
}

function UserList({ of: users, hasMore }: { of: Reference[] | undefined; hasMore: boolean }) {
  const words = useWords();
  if (users?.length === 0) return <span class="soft">{words.certificates.nobody}</span>;
  return (
    <ul class="lines">
      {users?.map((user) => (
        <li key={user.id}>
          {user.owner === 'provider' && isHere(user) ? (
            <a href={to('provider', user.id)} dir="auto">
              {user.name}
            </a>
          ) : (
            <bdi>{user.name}</bdi>
          )}
        </li>
      ))}
      {hasMore && <li class="soft">{words.certificates.others}</li>}
    </ul>
  );
}

/** Keys with findings, and the reasons. */
function Weak() {
  const words = useWords();
  const { value: keys } = useKept('weak', (query) => query.keys({ weak: true }));
  const [count, setCount] = useState(PORTION);
  if (!keys || keys.length === 0) return null;
  return (
    <section class="card">
      <h3>{words.certificates.weak(keys.length)}</h3>
      <ul class="lines">
        {keys.slice(0, count).map((key) => (
          <WeakLine key={`${key.tenant} ${key.kid}`} weak={key} />
        ))}
      </ul>
      {keys.length > count && (
        <button class="small more" onClick={() => setCount(count + PORTION)}>
          {words.log.more}
        </button>
      )}
    </section>
  );
}

function WeakLine({ weak }: { weak: ListedKey }) {
  const { users, hasMore } = useUsers(weak);
  const { kid, kty, bits, findings } = weak;
  return (
    <li>
      <strong>{`${kty} ${bits}`}</strong>
      <Findings of={findings} />
      <code class="key-id">{kid}</code>
      <UserList of={users} hasMore={hasMore} />
    </li>
  );
}
