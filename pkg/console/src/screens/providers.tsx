// The list of providers: searched, filtered, switched in place, and opened.

import { useMemo, useRef, useState } from 'preact/hooks';

import type { Provider } from '../../../src/idpstore-types.js';
import { Icon } from '../parts/icons.js';
import { useShortcut } from '../parts/keyboard.js';
import { Marks, useMarks } from '../parts/marks.js';
import { Failed, useTeller } from '../parts/notices.js';
import { VENDOR_NAMES } from '../parts/plan.js';
import { Rows, type Place } from '../parts/rows.js';
import { Vendors } from '../parts/vendors.js';
import { go, to } from '../routes.js';
import { useCall, useIsNow, useKept, useStore, type ConsoleStore } from '../store.js';
import { useWords } from '../words/words.js';

/** How many are read at first. */
const FIRST = 100;

const FILTERS = { name: '', vendor: '', kind: '', state: '' };

/** What was searched for in a store, and where one was in its list. */
const left = new WeakMap<ConsoleStore, { filters: typeof FILTERS; place: Place }>();

function useLeft() {
  const store = useStore();
  const known = left.get(store) ?? { filters: FILTERS, place: { top: 0, chosen: '' } };
  left.set(store, known);
  const [filters, setFilters] = useState(known.filters);
  known.filters = filters;
  return { filters, setFilters, place: known.place };
}

export function Providers() {
  const words = useWords();
  const isNow = useIsNow();
  const toggle = useToggle();
  const search = useRef<HTMLInputElement>(null);
  // The first ones are there long before the last of ten thousand.
  const { value: first, error: unread } = useCall((store) => store.providers.list({ limit: FIRST }).then(({ items }) => items), []);
  const { value: whole, error } = useKept('providers', (query) => query.providers());
  const all = whole ?? first;
  const marks = useMarks();
  const { filters, setFilters, place } = useLeft();
  const set = (name: keyof typeof filters) => (event: { currentTarget: { value: string } }) => setFilters({ ...filters, [name]: event.currentTarget.value });
  const kinds = useMemo(() => [...new Set(all?.map((one) => one.kind))].sort(), [all]);
  const found = useMemo(() => all?.filter(fits(filters)), [all, filters]);
  useShortcut('/', () => search.current?.focus());

  const failure = error ?? (all ? undefined : unread);
  if (failure !== undefined) return <Failed error={failure} />;
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
            <Filter label={words.providers.vendor} any={words.providers.anyVendor} value={filters.vendor} options={VENDOR_NAMES} set={set('vendor')} />
            <Filter label={words.providers.kind} any={words.providers.anyKind} value={filters.kind} options={kinds.map((kind) => [kind, words.kind(kind)])} set={set('kind')} />
            <Filter label={words.providers.state} any={words.providers.anyState} value={filters.state} options={Object.entries(words.states)} set={set('state')} />
            <p class="count" role="status">
              {whole || all.length < FIRST ? words.providers.count(found.length) : words.loading}
            </p>
          </div>
          {found.length === 0 ? (
            <p class="empty">{words.providers.noneFits}</p>
          ) : (
            <div class="list">
              <Titles />
              <Rows
                items={found}
                label={words.screens.providers}
                id={(one) => one.id}
                open={(one) => go('provider', one.id)}
                act={toggle}
                place={place}
                row={(one, isChosen) => <Row provider={one} marks={<Marks of={one} all={marks} />} toggle={toggle} isChosen={isChosen} />}
              />
            </div>
          )}
          {isNow && <p class="hint keys">{words.providers.keys(<kbd>/</kbd>, <kbd>↑ ↓</kbd>, <kbd>Enter</kbd>, <kbd>Space</kbd>)}</p>}
        </>
      )}
    </section>
  );
}

/** Whether a provider has what is wanted. */
function fits({ name, vendor, kind, state }: typeof FILTERS): (provider: Provider) => boolean {
  const wanted = name.trim().toLowerCase();
  return (one) =>
    (!kind || one.kind === kind) &&
    (!state || one.state === state) &&
    (!vendor || one.shown_by.includes(vendor)) &&
    (!wanted || one.name.toLowerCase().includes(wanted) || !!one.alias?.toLowerCase().includes(wanted));
}

interface FilterGiven {
  label: string;
  any: string;
  value: string;
  options: [string, string][];
  set: (event: { currentTarget: HTMLSelectElement }) => void;
}

function Filter({ label, any, value, options, set }: FilterGiven) {
  return (
    <label>
      {label}
      <select value={value} onChange={set}>
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

/** Switches a provider on or off. */
function useToggle(): (provider: Provider) => void {
  const words = useWords();
  const store = useStore();
  const isNow = useIsNow();
  const { attempt, say } = useTeller();
  const turn = ({ id, state }: Provider) => (state === 'active' ? store.providers.deactivate(id) : store.providers.activate(id));
  return (provider) =>
    void (
      isNow &&
      attempt(async () => {
        const { state, name } = await turn(provider);
        say(words.providers.switched(name, state), { text: words.log.undo, run: () => turn({ ...provider, state }) });
      })
    );
}

function Titles() {
  const words = useWords();
  return (
    <div class="titles" aria-hidden="true">
      <span>{words.providers.name}</span>
      <span class="kind">{words.providers.kind}</span>
      <span class="vendors">{words.providers.shownBy}</span>
      <span class="marks">{words.screens.certificates}</span>
      <span class="end">{words.providers.state}</span>
    </div>
  );
}

interface RowGiven {
  provider: Provider;
  marks: preact.JSX.Element;
  toggle: (provider: Provider) => void;
  isChosen: boolean;
}

function Row({ provider, marks, toggle, isChosen }: RowGiven) {
  const words = useWords();
  const isNow = useIsNow();
  const { id, name, alias, kind, state, shown_by } = provider;
  const tabIndex = isChosen ? 0 : -1;
  return (
    <>
      <span class="name" role="gridcell">
        <a href={to('provider', id)} tabIndex={tabIndex} dir="auto" title={name}>
          {name}
        </a>
        <small>{alias}</small>
      </span>
      <span class="kind" role="gridcell">
        {words.kind(kind)}
      </span>
      <span class="vendors" role="gridcell">
        <Vendors of={shown_by} />
      </span>
      <span class="marks" role="gridcell">
        {marks}
      </span>
      <span class="end" role="gridcell">
        {isNow ? (
          <button class="switch" role="switch" aria-checked={state === 'active'} aria-label={words.providers.isActive(name)} tabIndex={tabIndex} onClick={() => toggle(provider)}>
            {words.states[state]}
          </button>
        ) : (
          <span class={state === 'active' ? 'badge good' : 'badge'}>{words.states[state]}</span>
        )}
      </span>
    </>
  );
}
