// The second step: those who rely on the key get its certificate. What is ticked off stays in this browser.

import { useEffect, useState } from 'preact/hooks';

import type { Reference } from '../../../../src/idpstore-types.js';
import { Act } from '../../parts/act.js';
import { download, fileName, pem } from '../../parts/download.js';
import { Icon } from '../../parts/icons.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

interface Given {
  /** The next key, if there is one. */
  kid: string | undefined;
  users: Reference[];
  /** The ids of those whose partners have the certificate. */
  done: string[];
  setDone: (done: string[]) => void;
}

export function HandOver({ kid, users, done, setDone }: Given) {
  const words = useWords();
  const store = useStore();
  const certificate = async () => {
    const [own] = (await store.keys.get(kid!)).chain ?? [];
    if (own) download(fileName(kid!, 'pem'), pem(own), 'application/x-pem-file');
  };
  const tick = (id: string, isDone: boolean) => setDone(isDone ? [...done, id] : done.filter((one) => one !== id));
  return (
    <section class="card">
      <header>
        <h3>{words.rotation.handOver}</h3>
        {kid && (
          <Act run={certificate} isSmall>
            <Icon name="download" />
            {words.rotation.saveCertificate}
          </Act>
        )}
      </header>
      <p class="soft">{words.rotation.handOverAbout}</p>
      {kid && (
        <ul class="lines">
          {users.map((user) => (
            <li key={user.id}>
              <label class="check">
                <input type="checkbox" checked={done.includes(user.id)} onChange={(event) => tick(user.id, event.currentTarget.checked)} />
                <span>{words.rotation.hasIt(user.name)}</span>
              </label>
              {user.owner !== 'tenant' && <Published of={user} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What we publish for an owner, with the certificates of its keys. */
export function Published({ of: { id, name } }: { of: { id: string; name: string } }) {
  const words = useWords();
  const store = useStore();
  const metadata = async () => download(fileName(name, 'xml'), await store.metadata.of(id), 'application/samlmetadata+xml');
  const keys = async () => download(fileName(name, 'json'), JSON.stringify(await store.metadata.keySet(id), undefined, 2), 'application/jwk-set+json');
  return (
    <span class="actions">
      <Act run={metadata} isSmall>
        <Icon name="download" />
        {words.rotation.metadata}
      </Act>
      <Act run={keys} look="quiet" isSmall>
        {words.rotation.keySet}
      </Act>
    </span>
  );
}

/** Who has the certificate of a key, as far as it was ticked off in this browser. */
export function useHandedOver(kid: string | undefined): [string[], (done: string[]) => void] {
  const place = `idpstore.handed-over.${kid}`;
  const [done, setDone] = useState<string[]>([]);
  useEffect(() => setDone(kept(place)), [place]);
  const set = (next: string[]) => {
    setDone(next);
    try {
      localStorage.setItem(place, JSON.stringify(next));
    } catch {
      // Without storage it holds as long as the page.
    }
  };
  return [done, set];
}

function kept(place: string): string[] {
  try {
    return JSON.parse(localStorage.getItem(place) ?? '[]') as string[];
  } catch {
    return [];
  }
}
