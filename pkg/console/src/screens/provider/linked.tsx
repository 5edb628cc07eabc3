// The users that are linked to a provider.

import { useState } from 'preact/hooks';

import type { Provider } from '../../../../src/idpstore-types.js';
import { day } from '../../parts/dates.js';
import { Failed } from '../../parts/notices.js';
import { useCall } from '../../store.js';
import { useWords } from '../../words/words.js';

/** How many are shown at first, and how many more each time. */
const PORTION = 20;

export function Linked({ provider: { id, sequence } }: { provider: Provider }) {
  const words = useWords();
  const [limit, setLimit] = useState(PORTION);
  const { value, error } = useCall((store) => store.providers.links(id, { limit }).then((page) => page), [id, sequence, limit]);
  return (
    <section class="card">
      <h3>{words.provider.linked}</h3>
      {error !== undefined && <Failed error={error} />}
      {value?.items.length === 0 && <p class="soft">{words.provider.noLinks}</p>}
      {value && value.items.length > 0 && (
        <div class="table">
          <table>
            <thead>
              <tr>
                <th>{words.provider.user}</th>
                <th>{words.provider.externalId}</th>
                <th>{words.provider.since}</th>
              </tr>
            </thead>
            <tbody>
              {value.items.map(({ user, login, external_id, created }) => (
                <tr key={`${user} ${external_id}`}>
                  <td>{login}</td>
                  <td>
                    <code>{external_id}</code>
                  </td>
                  <td>{day(created, words.language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {value?.next && (
        <button class="small" onClick={() => setLimit(limit + 10 * PORTION)}>
          {words.log.more}
        </button>
      )}
    </section>
  );
}
