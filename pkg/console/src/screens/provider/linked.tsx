// The users that are linked to a provider.

import { useEffect, useState } from 'preact/hooks';

import type { Link, Provider } from '../../../../src/idpstore-types.js';
import { Act } from '../../parts/act.js';
import { day } from '../../parts/dates.js';
import { reason } from '../../parts/notices.js';
import { Table } from '../../parts/table.js';
import { useTurn } from '../../parts/turn.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

/** How many are shown at first, and how many more each time. */
const PORTION = 20;

export function Linked({ provider: { id } }: { provider: Provider }) {
  const words = useWords();
  const { links, next, error, more } = useLinks(id);
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
      {next && (
        <Act run={more} isSmall>
          {words.log.more}
        </Act>
      )}
    </section>
  );
}

/** The links that have been read; all over again after changes. */
function useLinks(id: string) {
  const store = useStore();
  const turn = useTurn();
  const [read, setRead] = useState<{ links?: Link[]; next?: string | null; error?: unknown }>({});
  const page = (after?: string | null) => store.providers.links(id, { limit: PORTION, ...(after ? { after } : {}) }).then((page) => page);
  useEffect(() => {
    let isWanted = true;
    page().then(
      ({ items, next }) => isWanted && setRead({ links: items, next: next ?? null }),
      (error: unknown) => isWanted && setRead({ error }),
    );
    return () => {
      isWanted = false;
    };
  }, [store, id, turn]);
  const more = async () => {
    const { items, next } = await page(read.next);
    setRead({ links: [...(read.links ?? []), ...items], next: next ?? null });
  };
  return { ...read, more };
}
