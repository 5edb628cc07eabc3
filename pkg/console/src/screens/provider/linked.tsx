// The users that are linked to a provider.

import { useState } from 'preact/hooks';

import type { Provider } from '../../../../src/idpstore-types.js';
import { day } from '../../parts/dates.js';
import { reason } from '../../parts/notices.js';
import { Table } from '../../parts/table.js';
import { useTurn } from '../../parts/turn.js';
import { useCall } from '../../store.js';
import { useWords } from '../../words/words.js';

/** How many are shown at first, and at most: as many as one page may have. */
const PORTION = 20;
const MOST = 1000;

export function Linked({ provider: { id } }: { provider: Provider }) {
  const words = useWords();
  const [limit, setLimit] = useState(PORTION);
  const turn = useTurn();
  const { value: page, error } = useCall((store) => store.providers.links(id, { limit }).then((page) => page), [id, limit, turn]);
  const links = page?.items;
  return (
    <section class="card">
      <h3>{words.provider.linked}</h3>
      {error !== undefined && <p class="error">{reason(error)}</p>}
      {links?.length === 0 && <p class="soft">{words.provider.noLinks}</p>}
      {links && links.length > 0 && (
        <Table titles={[words.provider.user, words.provider.externalId, words.provider.since]}>
          {links.map(({ user, login, external_id, created }) => (
            <tr key={`${user} ${external_id}`}>
              <td>{login}</td>
              <td>
                <code>{external_id}</code>
              </td>
              <td>{day(created, words.language)}</td>
            </tr>
          ))}
        </Table>
      )}
      {page?.next && limit < MOST && (
        <button class="small" onClick={() => setLimit(Math.min(MOST, 5 * limit))}>
          {words.log.more}
        </button>
      )}
    </section>
  );
}
