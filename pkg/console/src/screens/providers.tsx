// The list of providers: searched, filtered, switched in place, and opened.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Expiring, Provider } from '../../../src/idpstore-types.js';
import { useTeller } from '../parts/notices.js';
import { Rows } from '../parts/rows.js';
import { to } from '../routes.js';
import { useLive, useStore } from '../store.js';
import { useWords } from '../words/words.js';

/** Certificates that end within so many days are marked. */
const SOON = 60;
const DAY = 86_400_000;

export function Providers() {
  const words = useWords();
  const toggle = useToggle();
  const [name, setName] = useState('');
  const [kind, setKind] = useState('');
  const [state, setState] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const all = useLive((query) => query.providers(), [])?.value;
  const ending = useLive((query) => query.expiring({ before: new Date(Date.now() + SOON * DAY).toISOString() }), [])?.value;
  const kinds = useMemo(() => [...new Set(all?.map((one) => one.kind))].sort(), [all]);
  const marks = useMemo(() => new Map(ending?.map((one) => [one.key.kid, one])), [ending]);
  const found = useMemo(() => {
    const wanted = name.toLowerCase();
    return all?.filter((one) => (!kind || one.kind === kind) && (!state || one.state === state) && one.name.toLowerCase().includes(wanted));
  }, [all, name, kind, state]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.composedPath()[0] instanceof HTMLInputElement) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);

  if (!all || !found) return <p class="empty">{words.loading}</p>;
  return (
    <section class="providers" aria-labelledby="providers">
      <h2 id="providers">{words.screens.providers}</h2>
      <div class="tools">
        <label>
          {words.providers.search}
          <input ref={search} type="search" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label>
          {words.providers.kind}
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            <option value="">{words.providers.anyKind}</option>
            {kinds.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          {words.providers.state}
          <select value={state} onChange={(event) => setState(event.currentTarget.value)}>
            <option value="">{words.providers.anyState}</option>
            <option value="active">{words.states.active}</option>
            <option value="inactive">{words.states.inactive}</option>
          </select>
        </label>
        <p role="status">{words.providers.count(found.length)}</p>
      </div>
      {found.length === 0 ? (
        <p class="empty">{all.length === 0 ? words.providers.none : words.providers.noneFits}</p>
      ) : (
        <Rows
          items={found}
          label={words.screens.providers}
          id={(one) => one.id}
          open={(one) => (location.hash = to('provider', one.id))}
          act={toggle}
          row={(one) => <Row provider={one} mark={markOf(one, marks)} toggle={toggle} />}
        />
      )}
      <p class="hint">{words.providers.keys}</p>
    </section>
  );
}

/** What ends first of the keys of a provider. */
function markOf({ trusted_keys = [], signing_key }: Provider, marks: Map<string, Expiring>): Expiring | undefined {
  const found = [...trusted_keys, ...(signing_key ? [signing_key] : [])].flatMap((kid) => marks.get(kid) ?? []);
  return found.sort((one, other) => one.at.localeCompare(other.at))[0];
}

/** Switches a provider on or off. */
function useToggle(): (provider: Provider) => void {
  const store = useStore();
  const { attempt } = useTeller();
  return ({ id, state }) => void attempt(() => (state === 'active' ? store.providers.deactivate(id) : store.providers.activate(id)));
}

function Row({ provider, mark, toggle }: { provider: Provider; mark: Expiring | undefined; toggle: (provider: Provider) => void }) {
  const words = useWords();
  const { name, kind, state } = provider;
  const isActive = state === 'active';
  const change = (event: Event) => {
    event.stopPropagation();
    toggle(provider);
  };
  const isOver = mark && Date.parse(mark.at) <= Date.now();
  return (
    <>
      <bdi class="name">{name}</bdi>
      {mark && <span class={isOver ? 'mark ended' : 'mark'}>{isOver ? words.providers.ended : words.providers.endsSoon}</span>}
      <span class="kind">{kind}</span>
      <span class="state" title={isActive ? words.switchOff : words.switchOn} data-state={state} onClick={change}>
        {words.states[state]}
      </span>
    </>
  );
}
