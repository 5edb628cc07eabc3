// From one vendor to another: what would not cross, and the requests that create the providers there.

import { useState } from 'preact/hooks';

import type { CrossingReport } from '../../../src/idpstore-types.js';
import { Act } from '../parts/act.js';
import { download } from '../parts/download.js';
import { Icon } from '../parts/icons.js';
import { Failed } from '../parts/notices.js';
import { VENDOR_NAMES, vendorName } from '../parts/plan.js';
import { Table } from '../parts/table.js';
import { useTurn } from '../parts/turn.js';
import { to } from '../routes.js';
import { useCall, useStore } from '../store.js';
import { useWords } from '../words/words.js';

/** How many members and providers are listed. */
const SHOWN = 100;

export function Moving() {
  const words = useWords();
  const [from, setFrom] = useState('');
  const [vendor, setVendor] = useState('okta');
  const turn = useTurn();
  const { value: read, error } = useCall(async (store) => ({ vendor, report: await store.crossing.report({ to: vendor }) }), [vendor, turn]);
  // That of the vendor before is shown no longer.
  const report = read?.vendor === vendor ? read.report : undefined;
  return (
    <section>
      <div class="head">
        <div>
          <h2>{words.screens.moving}</h2>
          <p>{words.moving.about}</p>
        </div>
      </div>
      <div class="tools">
        <label>
          {words.moving.from}
          <select value={from} onChange={(event) => setFrom(event.currentTarget.value)}>
            <option value="">{words.moving.any}</option>
            {VENDOR_NAMES.filter(([name]) => name !== vendor).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.moving.to}
          <select value={vendor} onChange={(event) => (setVendor(event.currentTarget.value), setFrom(''))}>
            {VENDOR_NAMES.map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <Take vendor={vendor} isEmpty={!report || report.providers === 0} />
      </div>
      {error !== undefined && <Failed error={error} />}
      {!report && error === undefined && <p class="empty">{words.loading}</p>}
      {report && (report.providers === 0 ? <p class="empty">{words.providers.none}</p> : <Report report={report} from={from} />)}
    </section>
  );
}

/** The documents of the vendor, and the script that creates the providers there. */
function Take({ vendor, isEmpty }: { vendor: string; isEmpty: boolean }) {
  const words = useWords();
  const store = useStore();
  const documents = async () => download(`${vendor}.json`, JSON.stringify(await store.crossing.requests({ to: vendor }).all(), undefined, 2), 'application/json');
  const script = async () => download(`${vendor}.sh`, await store.crossing.script({ to: vendor }), 'text/x-shellscript');
  return (
    <div class="actions">
      <Act isDisabled={isEmpty} run={documents}>
        <Icon name="download" />
        {words.moving.documents}
      </Act>
      <Act isDisabled={isEmpty} run={script}>
        <Icon name="download" />
        {words.moving.script}
      </Act>
    </div>
  );
}

function Report({ report, from }: { report: CrossingReport; from: string }) {
  const words = useWords();
  const members = report.members.filter(({ of }) => !from || of === from);
  const details = report.details
    .map((one) => ({ ...one, lost: one.lost.filter(({ of }) => !from || of === from) }))
    .filter(({ lost }) => lost.length > 0);
  return (
    <div class="stack">
      <div class="facts" role="status" aria-label={words.moving.report(report.complete, report.lossy, report.not_shown)}>
        <div class="fact">
          <strong>{report.complete.toLocaleString(words.language)}</strong>
          <span>{words.moving.complete}</span>
        </div>
        <div class={`fact ${report.lossy > 0 ? 'warn' : ''}`}>
          <strong>{report.lossy.toLocaleString(words.language)}</strong>
          <span>{words.moving.lossy}</span>
        </div>
        <div class={`fact ${report.not_shown > 0 ? 'bad' : ''}`}>
          <strong>{report.not_shown.toLocaleString(words.language)}</strong>
          <span>{words.moving.notShown}</span>
        </div>
      </div>
      {members.length === 0 && <p class="empty">{from ? words.moving.nothingFrom(vendorName(from), vendorName(report.to)) : words.moving.nothing(vendorName(report.to))}</p>}
      {members.length > 0 && (
        <section class="card">
          <h3>{words.moving.members}</h3>
          <Table titles={[words.moving.of, words.moving.member, words.moving.why, { text: words.moving.count, look: 'number' }]}>
            {members.slice(0, SHOWN).map(({ of, member, core, why, providers }) => (
              <tr key={`${of} ${member} ${core} ${why}`}>
                <td>{vendorName(of)}</td>
                <td>
                  <code>{member || words.plan.whole}</code>
                </td>
                <td>{words.provider.why[why] ?? why}</td>
                <td class="number">{providers.toLocaleString(words.language)}</td>
              </tr>
            ))}
          </Table>
          <More rest={members.length - SHOWN} omitted={report.omitted_members} isFiltered={from !== ''} />
        </section>
      )}
      {details.length > 0 && (
        <section class="card">
          <h3>{words.moving.providers}</h3>
          <ul class="lines">
            {details.slice(0, SHOWN).map(({ provider, name, lost }) => (
              <li key={provider}>
                <a href={to('provider', provider)} dir="auto">
                  {name}
                </a>
                <code class="soft">{[...new Set(lost.map(({ member }) => member || words.plan.whole))].join(' ')}</code>
              </li>
            ))}
          </ul>
          <More rest={details.length - SHOWN} omitted={report.omitted_details} isFiltered={from !== ''} />
        </section>
      )}
    </div>
  );
}

interface Given {
  /** How many of the report are not listed, if that is more than 0. */
  rest: number;
  /** How many are not in the report. */
  omitted: number;
  /** Whether some of those that are not in the report may not be meant. */
  isFiltered: boolean;
}

/** How many more there are than those that are listed. */
function More({ rest, omitted, isFiltered }: Given) {
  const words = useWords();
  const more = Math.max(0, rest) + (isFiltered ? 0 : omitted);
  return (
    <>
      {more > 0 && <p class="soft">{words.plan.more(more)}</p>}
      {isFiltered && omitted > 0 && <p class="soft">{words.moving.omitted(omitted)}</p>}
    </>
  );
}
