// The users that are linked to a provider.

import { useEffect, useState } from 'preact/hooks';

import type { Link, Provider } from '../../../../src/idpstore-types.js';
import { Act } from '../../parts/act.js';
import { day } from '../../parts/dates.js';
import { reason } from '../../parts/notices.js';
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
              {links.map(({ user, login, external_id, created }) => (
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
      {next && (
        <Act run={more} isSmall>
          {words.log.more}
        </Act>
      )}
    </section>
  );
}

/** The links that have been read; all over again when a user is linked or unlinked. */
function useLinks(id: string) {
  const store = useStore();
  const [turn, setTurn] = useState(0);
  const [read, setRead] = useState<{ links?: Link[]; next?: string | null; error?: unknown }>({});
  const page = (after?: string | null) => store.providers.links(id, { limit: PORTION, ...(after ? { after } : {}) }).then((page) => page);
  useEffect(() => {
    let isWanted = true;
    page().then(
      ({ items, next }) => isWanted && setRead({ links: items, next: next ?? null }),
      (error: unknown) => isWanted && setRead({ error }),
    );
    const listening = store.subscribe(({ kind }) => kind.startsWith('user_') && setTurn((turn) => turn + 1));
    return () => {
      isWanted = false;
      void listening.then((end) => end());
    };
  }, [store, id, turn]);
  const more = async () => {
    const { items, next } = await page(read.next);
    setRead({ links: [...(read.links ?? []), ...items], next: next ?? null });
  };
  return { ...read, more };
}
