// How many certificates end in each month, as bars: one that is clicked chooses its month.

import { useMemo } from 'preact/hooks';

import type { Expiring } from '../../../src/idpstore-types.js';
import { useWords } from '../words/words.js';
import { nearness } from './end.js';

const WIDTH = 960;
const HEIGHT = 120;
const ABOVE = 18;
const BELOW = 22;
/** So many names of months have room. */
const NAMES = 14;
const YEAR = 12;

/** What has ended stands before all months. */
const ENDED = '';

/** The month of an end, such as `2027-01`; that of all that have ended is empty. */
export function monthOf(time: string): string {
  return nearness(time) === 'ended' ? ENDED : time.slice(0, 7);
}

export function Months({ ending, chosen, choose }: { ending: Expiring[]; chosen: string | undefined; choose: (month: string | undefined) => void }) {
  const words = useWords();
  const months = useMemo(() => counted(ending), [ending]);
  const most = Math.max(...months.map(([, count]) => count));
  const step = WIDTH / months.length;
  const every = Math.ceil(months.length / NAMES);
  const named = new Intl.DateTimeFormat(words.language, { month: 'short', year: '2-digit', timeZone: 'UTC' });
  const name = (month: string) => (month === ENDED ? words.certificates.ended : named.format(new Date(`${month}-01T00:00:00Z`)));
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${ABOVE + HEIGHT + BELOW}`} role="group" aria-label={words.certificates.chart}>
      <line x1="0" x2={WIDTH} y1={ABOVE + HEIGHT} y2={ABOVE + HEIGHT} />
      {months.map(([month, count], at) => {
        const height = count === 0 ? 0 : Math.max(3, (HEIGHT * count) / most);
        const toggle = () => choose(month === chosen ? undefined : month);
        const given =
          count === 0
            ? {}
            : {
                role: 'button' as const,
                tabindex: 0,
                'aria-label': words.certificates.inMonth(name(month), count),
                'aria-pressed': month === chosen,
                onClick: toggle,
                onKeyDown: (event: KeyboardEvent) => {
                  if (event.key !== 'Enter' && event.key !== ' ') return;
                  event.preventDefault();
                  toggle();
                },
              };
        const top = ABOVE + HEIGHT - height;
        return (
          <g key={month} transform={`translate(${at * step} 0)`}>
            <g class={`${count > 0 ? 'month' : ''} ${month === ENDED ? 'over' : ''}`} {...given}>
              <rect class="hit" width={step} height={ABOVE + HEIGHT + BELOW} />
              <rect class="bar" x={step * 0.2} width={step * 0.6} y={top} height={height} rx={Math.min(3, step * 0.1)} />
            </g>
            <g class="names" aria-hidden="true">
              {count > 0 && step > 14 && (
                <text x={step / 2} y={top - 5} text-anchor="middle">
                  {count}
                </text>
              )}
              {at % every === 0 && (
                <text x={step / 2} y={ABOVE + HEIGHT + 16} text-anchor="middle">
                  {name(month)}
                </text>
              )}
            </g>
          </g>
        );
      })}
    </svg>
  );
}

/** What has ended, if anything has, and every month from now to the last, and of a year at least, with how many end then. */
function counted(ending: Expiring[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { at } of ending) counts.set(monthOf(at), (counts.get(monthOf(at)) ?? 0) + 1);
  const last = [...counts.keys()].sort().at(-1)!;
  const all: [string, number][] = counts.has(ENDED) ? [[ENDED, counts.get(ENDED)!]] : [];
  let month = new Date().toISOString().slice(0, 7);
  for (let place = 0; place < YEAR || month <= last; place += 1, month = following(month)) all.push([month, counts.get(month) ?? 0]);
  return all;
}

function following(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 12 ? `${String(year + 1).padStart(4, '0')}-01` : `${String(year).padStart(4, '0')}-${String(number + 1).padStart(2, '0')}`;
}
