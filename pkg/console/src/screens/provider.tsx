// One provider: what it is, its keys, and how each vendor shows it.

import { useState } from 'preact/hooks';

import type { Plan } from '../../../src/idpstore-types.js';
import { day } from '../parts/dates.js';
import { useTeller } from '../parts/notices.js';
import { PlanView } from '../parts/plan.js';
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
  const [plan, setPlan] = useState<Plan>();
  if (!found) return <p class="empty">{words.loading}</p>;
  const { value: provider } = found;
  if (!provider) return <p class="empty">{words.provider.missing}</p>;
  const isActive = provider.state === 'active';
  const toggle = () => attempt(() => (isActive ? store.providers.deactivate(id) : store.providers.activate(id)));
  // Its private keys are in no history: then the deletion cannot be undone, and its plan is shown before.
  const remove = () =>
    attempt(async () => {
      if (provider.signing_key && !plan) return setPlan(await store.providers.delete(id, { plan: true }));
      await store.providers.delete(id);
      const [last] = (await store.history.of(id, { limit: 1 })).items;
      location.hash = to('providers');
      if (last && !provider.signing_key) say(`${words.plan.deleted}: ${provider.name}`, { text: words.log.undo, run: () => store.history.undo(last.number) });
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
      {plan && (
        <>
          <p class="error">{words.provider.forGood}</p>
          <PlanView plan={plan} />
        </>
      )}
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
function Members({ of: record }: { of: object }) {
  return (
    <dl>
      {flat(record).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The members of a record and of the objects in it, with their values as texts. */
function flat(record: object, around = ''): [string, string][] {
  return Object.entries(record).flatMap(([name, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [[around + name, value.map(text).join(', ')]];
    return Object(value) === value ? flat(value as object, `${around}${name}.`) : [[around + name, String(value)]];
  });
}

function text(value: unknown): string {
  return Object(value) === value ? JSON.stringify(value) : String(value);
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
