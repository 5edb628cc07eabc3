// From one vendor to another: what would not cross, and what makes the providers there.

import { useState } from 'preact/hooks';

import type { CrossingReport } from '../../../src/idpstore-types.js';
import { download } from '../parts/download.js';
import { Icon } from '../parts/icons.js';
import { Failed, useTeller } from '../parts/notices.js';
import { VENDOR_NAMES, vendorName } from '../parts/plan.js';
import { to } from '../routes.js';
import { useCall, useStore } from '../store.js';
import { useWords } from '../words/words.js';

/** How many providers are listed. */
const SHOWN = 100;

export function Moving() {
  const words = useWords();
  const [from, setFrom] = useState('');
  const [vendor, setVendor] = useState('okta');
  const { value: report, error } = useCall((store) => store.crossing.report({ to: vendor }), [vendor]);
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
        <Take vendor={vendor} />
      </div>
      {error !== undefined && <Failed error={error} />}
      {!report && error === undefined && <p class="empty">{words.loading}</p>}
      {report && <Report report={report} from={from} />}
    </section>
  );
}

/** The documents of the vendor, and the script that makes the providers there. */
function Take({ vendor }: { vendor: string }) {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const documents = () => attempt(async () => download(`${vendor}.json`, JSON.stringify(await store.crossing.requests({ to: vendor }).all(), undefined, 2), 'application/json'));
  const script = () => attempt(async () => download(`${vendor}.sh`, await store.crossing.script({ to: vendor }), 'text/x-shellscript'));
  return (
    <div class="actions">
      <button onClick={() => void documents()}>
        <Icon name="download" />
        {words.moving.documents}
      </button>
      <button onClick={() => void script()}>
        <Icon name="download" />
        {words.moving.script}
      </button>
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
          <strong>{report.complete}</strong>
          <span>{words.moving.complete}</span>
        </div>
        <div class={`fact ${report.lossy > 0 ? 'warn' : ''}`}>
          <strong>{report.lossy}</strong>
          <span>{words.moving.lossy}</span>
        </div>
        <div class={`fact ${report.not_shown > 0 ? 'bad' : ''}`}>
          <strong>{report.not_shown}</strong>
          <span>{words.moving.notShown}</span>
        </div>
      </div>
      {members.length === 0 && <p class="empty">{words.moving.nothing(vendorName(report.to))}</p>}
      {members.length > 0 && (
        <section class="card">
          <h3>{words.moving.members}</h3>
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th>{words.moving.of}</th>
                  <th>{words.moving.member}</th>
                  <th>{words.moving.why}</th>
                  <th class="number">{words.moving.count}</th>
                </tr>
              </thead>
              <tbody>
                {members.map(({ of, member, core, why, providers }) => (
                  <tr key={`${of} ${member} ${core} ${why}`}>
                    <td>{vendorName(of)}</td>
                    <td>
                      <code>{member || words.plan.whole}</code>
                    </td>
                    <td>{words.provider.why[why] ?? why}</td>
                    <td class="number">{providers}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
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
        </section>
      )}
    </div>
  );
}
