// One provider: what it is, its keys, and how each vendor shows it.

import { useState } from 'preact/hooks';

import { day } from '../parts/dates.js';
import { useTeller } from '../parts/notices.js';
import { to } from '../routes.js';
import { useCall, useLive, useStore } from '../store.js';
import { useWords } from '../words/words.js';

const VENDORS = { okta: 'Okta', pingone: 'PingOne', zitadel: 'ZITADEL' };

type Vendor = keyof typeof VENDORS;

export function ProviderScreen({ id }: { id: string }) {
  const words = useWords();
  const store = useStore();
  const { attempt, say } = useTeller();
  const found = useLive((query) => query.provider(id), [id]);
  if (!found) return <p class="empty">{words.loading}</p>;
  const { value: provider } = found;
  if (!provider) return <p class="empty">{words.provider.missing}</p>;
  const isActive = provider.state === 'active';
  const toggle = () => attempt(() => (isActive ? store.providers.deactivate(id) : store.providers.activate(id)));
  const remove = () =>
    attempt(async () => {
      await store.providers.delete(id);
      const [last] = (await store.history.of(id, { limit: 1 })).items;
      location.hash = to('providers');
      if (last) say(`${words.plan.deleted}: ${provider.name}`, { text: words.log.undo, run: () => store.history.undo(String(last.number)) });
    });
  return (
    <article>
      <h2>
        <bdi>{provider.name}</bdi> <span class="kind">{provider.kind}</span>
      </h2>
      <div class="tools">
        <button onClick={() => void toggle()}>{isActive ? words.switchOff : words.switchOn}</button>
        <a class="button" href={to('rotation', id)}>
          {words.provider.rotate}
        </a>
        <button class="danger" onClick={() => void remove()}>
          {words.provider.remove}
        </button>
      </div>
      <div class="columns">
        <section>
          <h3>{words.provider.what}</h3>
          <Members of={{ ...provider.protocol, ...(provider.alias ? { alias: provider.alias } : {}), linking: provider.linking }} />
          <h3>{words.provider.trusts}</h3>
          <Keys kids={provider.trusted_keys ?? []} none={words.provider.noTrust} />
          <h3>{words.provider.signs}</h3>
          <Keys kids={provider.signing_key ? [provider.signing_key] : []} none={words.provider.noKey} />
        </section>
        <Shown id={id} updated={provider.updated} ids={provider.ids} />
      </div>
    </article>
  );
}

/** The members of a record, one for each line. */
function Members({ of: record, around = '' }: { of: object; around?: string }) {
  return (
    <dl>
      {Object.entries(record).map(([name, value]) =>
        Object(value) === value && !Array.isArray(value) ? (
          <Members key={name} of={value as object} around={`${around}${name}.`} />
        ) : (
          <div key={name}>
            <dt>{around + name}</dt>
            <dd>{Array.isArray(value) ? value.map((one) => (Object(one) === one ? JSON.stringify(one) : String(one))).join(', ') : String(value)}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Keys({ kids, none }: { kids: string[]; none: string }) {
  return kids.length === 0 ? <p>{none}</p> : <ul>{kids.map((kid) => <KeyLine key={kid} kid={kid} />)}</ul>;
}

function KeyLine({ kid }: { kid: string }) {
  const words = useWords();
  const { value: key } = useCall((store) => store.keys.get(kid), [kid]);
  return (
    <li class="key">
      <code>{kid}</code>
      {key?.expires && (
        <span>
          {words.provider.expires} {day(key.expires, words.language)}
        </span>
      )}
      {key?.findings.map((finding) => (
        <span key={finding} class="mark">
          {finding}
        </span>
      ))}
    </li>
  );
}

/** The document of each vendor, and what does not cross to it. */
function Shown({ id, updated, ids }: { id: string; updated: string; ids: Record<string, string> }) {
  const words = useWords();
  const [vendor, setVendor] = useState<Vendor>('okta');
  const { value: crossing, error } = useCall((store) => store.crossing.of(id, { to: vendor }), [id, vendor, updated]);
  const name = VENDORS[vendor];
  return (
    <section class="shown">
      <h3 id="shown">{words.provider.shown}</h3>
      <div class="tabs" role="group" aria-labelledby="shown">
        {(Object.keys(VENDORS) as Vendor[]).map((one) => (
          <button key={one} aria-pressed={one === vendor} onClick={() => setVendor(one)}>
            {VENDORS[one]}
          </button>
        ))}
      </div>
      <p>
        {words.provider.id} <code>{ids[vendor]}</code>
      </p>
      {error !== undefined && <p class="error">{String(error)}</p>}
      {crossing && !crossing.shown && <p>{words.provider.notShown(name)}</p>}
      {crossing?.shown && (
        <pre tabIndex={0} aria-label={words.provider.shown}>
          {JSON.stringify(crossing.shown, undefined, 2)}
        </pre>
      )}
      {crossing?.shown && crossing.lost.length === 0 && <p>{words.provider.nothingLost(name)}</p>}
      {crossing && crossing.lost.length > 0 && (
        <>
          <h4>{words.provider.lost(name)}</h4>
          <ul class="warnings">
            {crossing.lost.map(({ member, of, why, detail }) => (
              <li key={`${of} ${member}`}>
                <code>{member}</code> {detail ?? why}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
