// The list of providers: searched, filtered, switched in place, and opened.

import { useMemo, useRef, useState } from 'preact/hooks';

import type { Expiring, ListedKey, Provider } from '../../../src/idpstore-types.js';
import { DAY, nearness, SOON } from '../parts/end.js';
import { Icon } from '../parts/icons.js';
import { useShortcut } from '../parts/keyboard.js';
import { useTeller } from '../parts/notices.js';
import { VENDOR_NAMES } from '../parts/plan.js';
import { Rows } from '../parts/rows.js';
import { Vendors } from '../parts/vendors.js';
import { go, to } from '../routes.js';
import { useCall, useIsNow, useLive, useStore } from '../store.js';
import { useWords } from '../words/words.js';

/** How many are read at first. */
const FIRST = 100;

export function Providers() {
  const words = useWords();
  const isNow = useIsNow();
  const toggle = useToggle();
  const search = useRef<HTMLInputElement>(null);
  // The first ones are there long before the last of ten thousand.
  const { value: first } = useCall((store) => store.providers.list({ limit: FIRST }).then(({ items }) => items), []);
  const whole = useLive((query) => query.providers(), [])?.value;
  const all = whole ?? first;
  const ending = useLive((query) => query.expiring({ before: new Date(Date.now() + SOON * DAY).toISOString() }), [])?.value;
  const [filters, setFilters] = useState({ name: '', vendor: '', kind: '', state: '' });
  const set = (name: keyof typeof filters) => (event: { currentTarget: { value: string } }) => setFilters({ ...filters, [name]: event.currentTarget.value });
  const kinds = useMemo(() => [...new Set(all?.map((one) => one.kind))].sort(), [all]);
  const weak = useLive((query) => query.keys({ weak: true }), [])?.value;
  const marks = useMemo(() => new Map([...(weak ?? []).map((key) => [key.kid, { key }] as const), ...(ending ?? []).map((one) => [one.key.kid, one] as const)]), [ending, weak]);
  const found = useMemo(() => all?.filter(fits(filters)), [all, filters]);
  useShortcut('/', () => search.current?.focus());

  if (!all || !found) return <p class="empty">{words.loading}</p>;
  return (
    <section aria-labelledby="providers">
      <div class="head">
        <h2 id="providers">{words.screens.providers}</h2>
        {isNow && (
          <a class="button primary" href={to('new')}>
            <Icon name="new" />
            {words.screens.new}
          </a>
        )}
      </div>
      {all.length === 0 ? (
        <Empty />
      ) : (
        <>
          <div class="tools">
            <label class="grow">
              {words.providers.search}
              <input ref={search} type="search" value={filters.name} onInput={set('name')} />
            </label>
            <Filter label={words.providers.vendor} any={words.providers.anyVendor} options={VENDOR_NAMES} set={set('vendor')} />
            <Filter label={words.providers.kind} any={words.providers.anyKind} options={kinds.map((kind) => [kind, words.kind(kind)])} set={set('kind')} />
            <Filter label={words.providers.state} any={words.providers.anyState} options={Object.entries(words.states)} set={set('state')} />
            <p class="count" role="status">
              {whole || all.length < FIRST ? words.providers.count(found.length) : words.loading}
            </p>
          </div>
          {found.length === 0 ? (
            <p class="empty">{words.providers.noneFits}</p>
          ) : (
            <div class="list">
              <div class="titles" aria-hidden="true">
                <span>{words.providers.name}</span>
                <span class="kind">{words.providers.kind}</span>
                <span class="vendors">{words.providers.shownBy}</span>
                <span class="mark">{words.screens.certificates}</span>
                <span class="end">{words.providers.state}</span>
              </div>
              <Rows
                items={found}
                label={words.screens.providers}
                id={(one) => one.id}
                open={(one) => go('provider', one.id)}
                act={toggle}
                row={(one) => <Row provider={one} mark={markOf(one, marks)} toggle={toggle} />}
              />
            </div>
          )}
          <p class="hint keys">{words.providers.keys(<kbd>/</kbd>, <kbd>↑ ↓</kbd>, <kbd>Enter</kbd>, <kbd>Space</kbd>)}</p>
        </>
      )}
    </section>
  );
}

/** Whether a provider has what is wanted. */
function fits({ name, vendor, kind, state }: Record<'name' | 'vendor' | 'kind' | 'state', string>): (provider: Provider) => boolean {
  const wanted = name.trim().toLowerCase();
  return (one) =>
    (!kind || one.kind === kind) &&
    (!state || one.state === state) &&
    (!vendor || one.shown_by.includes(vendor)) &&
    (!wanted || one.name.toLowerCase().includes(wanted) || !!one.alias?.toLowerCase().includes(wanted));
}

function Filter({ label, any, options, set }: { label: string; any: string; options: [string, string][]; set: (event: { currentTarget: HTMLSelectElement }) => void }) {
  return (
    <label>
      {label}
      <select onChange={set}>
        <option value="">{any}</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Empty() {
  const words = useWords();
  const isNow = useIsNow();
  return (
    <div class="empty">
      <Icon name="providers" />
      <p>{words.providers.none}</p>
      {isNow && (
        <div class="actions">
          <a class="button primary" href={to('new')}>
            {words.screens.new}
          </a>
          <a class="button" href={to('file')}>
            {words.file.import}
          </a>
        </div>
      )}
    </div>
  );
}

/** What is to be seen of a key in the list: that it ends, or else that it is weak. */
type Marked = Expiring | { at?: undefined; key: ListedKey };

/** What ends first of the keys of a provider or, if nothing does, one that is weak. */
function markOf({ trusted_keys = [], signing_key }: Provider, marks: Map<string, Marked>): Marked | undefined {
  const found = [...trusted_keys, ...(signing_key ? [signing_key] : [])].flatMap((kid) => marks.get(kid) ?? []);
  return found.sort((one, other) => (one.at ?? '~').localeCompare(other.at ?? '~'))[0];
}

/** Switches a provider on or off. */
function useToggle(): (provider: Provider) => void {
  const store = useStore();
  const isNow = useIsNow();
  const { attempt } = useTeller();
  return ({ id, state }) => void (isNow && attempt(() => (state === 'active' ? store.providers.deactivate(id) : store.providers.activate(id))));
}

function Row({ provider, mark, toggle }: { provider: Provider; mark: Marked | undefined; toggle: (provider: Provider) => void }) {
  const words = useWords();
  const { name, alias, kind, state, shown_by } = provider;
  const change = (event: Event) => {
    event.stopPropagation();
    toggle(provider);
  };
  return (
    <>
      <span class="name">
        <strong dir="auto">{name}</strong>
        {alias && <small>{alias}</small>}
      </span>
      <span class="kind">{words.kind(kind)}</span>
      <Vendors of={shown_by} />
      <span class="mark">{mark && <Mark of={mark} />}</span>
      <span class="switch" title={state === 'active' ? words.switchOff : words.switchOn} data-state={state} onClick={change}>
        {words.states[state]}
      </span>
    </>
  );
}

function Mark({ of: { at, key } }: { of: Marked }) {
  const words = useWords();
  const isOver = at !== undefined && nearness(at) === 'ended';
  return (
    <span class={isOver ? 'badge bad' : 'badge warn'} title={key.findings.join(', ')}>
      <Icon name="warning" />
      {at === undefined ? words.providers.weak : isOver ? words.providers.ended : words.providers.endsSoon}
    </span>
  );
}
