// What would not cross to another vendor, for all providers.

import { useState } from 'preact/hooks';

import { to } from '../routes.js';
import { useCall } from '../store.js';
import { useWords } from '../words/words.js';

const VENDORS = [['okta', 'Okta'], ['pingone', 'PingOne'], ['zitadel', 'ZITADEL']] as const;

export function Moving() {
  const words = useWords();
  const [vendor, setVendor] = useState('okta');
  const { value: report, error } = useCall((store) => store.crossing.report({ to: vendor }), [vendor]);
  return (
    <section>
      <h2>{words.screens.moving}</h2>
      <label>
        {words.moving.to}
        <select value={vendor} onChange={(event) => setVendor(event.currentTarget.value)}>
          {VENDORS.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {error !== undefined && <p class="error">{String(error)}</p>}
      {report && <p role="status">{words.moving.report(report.complete, report.lossy, report.not_shown)}</p>}
      {report && report.members.length === 0 && <p>{words.moving.nothing}</p>}
      {report && report.members.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>{words.moving.member}</th>
              <th>{words.moving.count}</th>
              <th>{words.moving.why}</th>
            </tr>
          </thead>
          <tbody>
            {report.members.map(({ of, member, why, providers }) => (
              <tr key={`${of} ${member} ${why}`}>
                <td>
                  <code>{member}</code>
                </td>
                <td>{providers}</td>
                <td>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ul>
        {report?.details.slice(0, 100).map(({ provider, name, lost }) => (
          <li key={provider}>
            <a href={to('provider', provider)}>
              <bdi>{name}</bdi>
            </a>{' '}
            {lost.map(({ member }) => member).join(', ')}
          </li>
        ))}
      </ul>
    </section>
  );
}
