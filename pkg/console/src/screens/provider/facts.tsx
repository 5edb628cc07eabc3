// What a provider is: its endpoints, how users are linked, and what it is called.

import type { Provider } from '../../../../src/idpstore-types.js';
import { moment } from '../../parts/dates.js';
import { Warnings } from '../../parts/plan.js';
import { Vendors } from '../../parts/vendors.js';
import { useWords } from '../../words/words.js';

export function Facts({ provider }: { provider: Provider }) {
  const words = useWords();
  const { protocol, alias, linking, source, warnings = [], created, updated, shown_by } = provider;
  const { type: _, ...settings } = protocol;
  return (
    <section class="card">
      <h3>{words.provider.what}</h3>
      <Warnings of={warnings} />
      <dl>
        {alias && <Fact name={words.provider.alias} value={<code>{alias}</code>} />}
        {flat({ ...settings, linking, ...(source ? { source } : {}) }).map(([name, value]) => (
          <Fact key={name} name={words.member(name)} value={value} />
        ))}
        <Fact name={words.provider.shownBy} value={<span class="vendors"><Vendors of={shown_by} /></span>} />
        <Fact name={words.provider.created} value={moment(created, words.language)} />
        <Fact name={words.provider.updated} value={moment(updated, words.language)} />
      </dl>
    </section>
  );
}

function Fact({ name, value }: { name: string; value: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
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
