// What ends: certificates by month, with those who use them, and keys that are weak.

import { useMemo, useState } from 'preact/hooks';

import type { Expiring } from '../../../src/idpstore-types.js';
import { day } from '../parts/dates.js';
import { to } from '../routes.js';
import { useCall, useLive } from '../store.js';
import { useWords } from '../words/words.js';

const SPANS = [30, 90, 365, 3650];
const DAY = 86_400_000;

export function Certificates() {
  const words = useWords();
  const [days, setDays] = useState(365);
  const ending = useLive((query) => query.expiring({ before: new Date(Date.now() + days * DAY).toISOString() }), [days])?.value;
  const keys = useLive((query) => query.keys(), [])?.value;
  const weak = keys?.filter(({ findings }) => findings.length > 0) ?? [];
  return (
    <section>
      <h2>{words.screens.certificates}</h2>
      <label>
        {words.certificates.within}
        <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {SPANS.map((span) => (
            <option key={span} value={span}>
              {words.certificates.days(span)}
            </option>
          ))}
        </select>
      </label>
      {ending?.length === 0 && <p class="empty">{words.certificates.none}</p>}
      {ending && ending.length > 0 && <Months ending={ending} />}
      {ending && ending.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>{words.certificates.at}</th>
              <th>{words.certificates.what}</th>
              <th>{words.certificates.usedBy}</th>
            </tr>
          </thead>
          <tbody>
            {ending.map((one) => (
              <Line key={`${one.what} ${one.key.kid}`} ending={one} />
            ))}
          </tbody>
        </table>
      )}
      {weak.length > 0 && (
        <>
          <h3>{words.certificates.weak}</h3>
          <ul>
            {weak.map(({ kid, findings }) => (
              <li key={kid} class="key">
                <code>{kid}</code> {findings.join(', ')}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Line({ ending: { at, what, key } }: { ending: Expiring }) {
  const words = useWords();
  const { value: users } = useCall((store) => store.keys.references(key.kid, { tenant: key.tenant }), [key.kid]);
  return (
    <tr>
      <td class={Date.parse(at) <= Date.now() ? 'mark ended' : undefined}>{day(at, words.language)}</td>
      <td>
        {what} <code>{key.kid}</code>
      </td>
      <td>
        {users?.items.length === 0 && words.certificates.nobody}
        {users?.items.map(({ id, name, owner }) => (
          <a key={id} href={owner === 'provider' ? to(key.use === 'signing' ? 'rotation' : 'provider', id) : undefined}>
            <bdi>{name}</bdi>
          </a>
        ))}
      </td>
    </tr>
  );
}

const WIDTH = 720;
const HEIGHT = 120;

/** How many end in each month, as bars. */
function Months({ ending }: { ending: Expiring[] }) {
  const words = useWords();
  const months = useMemo(() => {
    const counts = new Map<string, number>();
    for (const { at } of ending) counts.set(at.slice(0, 7), (counts.get(at.slice(0, 7)) ?? 0) + 1);
    return [...counts];
  }, [ending]);
  const most = Math.max(...months.map(([, count]) => count));
  const step = WIDTH / months.length;
  const name = (month: string) => new Intl.DateTimeFormat(words.language, { month: 'short', year: '2-digit', timeZone: 'UTC' }).format(new Date(`${month}-01`));
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT + 36}`} role="img" aria-label={words.certificates.chart}>
      {months.map(([month, count], at) => (
        <g key={month} transform={`translate(${at * step + step / 2} 0)`}>
          <rect x={-Math.min(step * 0.35, 24)} width={Math.min(step * 0.7, 48)} y={16 + HEIGHT * (1 - count / most)} height={(HEIGHT * count) / most} rx="3" />
          <text y={12 + HEIGHT * (1 - count / most)} text-anchor="middle">
            {count}
          </text>
          {(months.length <= 14 || at % Math.ceil(months.length / 14) === 0) && (
            <text y={HEIGHT + 32} text-anchor="middle">
              {name(month)}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}
