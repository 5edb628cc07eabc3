// A new provider, from what the partner publishes or from a template: what would be created is shown first.

import { useRef, useState } from 'preact/hooks';

import type { Import, ImportedMetadata, Plan, PortableDocument } from '../../../src/idpstore-types.js';
import { day } from '../parts/dates.js';
import { useTeller } from '../parts/notices.js';
import { ImportView } from '../parts/import.js';
import { PlanView } from '../parts/plan.js';
import { TEMPLATES } from '../parts/templates.js';
import { to } from '../routes.js';
import { useStore, type ConsoleStore } from '../store.js';
import { useWords } from '../words/words.js';

export function NewProvider() {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [text, setText] = useState('');
  const [plan, setPlan] = useState<Plan | Import>();
  const alias = useRef<HTMLInputElement>(null);

  const take = (content: string) => {
    setText(content);
    setPlan(undefined);
  };
  const given = () => (alias.current?.value ? { alias: alias.current.value } : {});
  const show = () => attempt(async () => setPlan(await made(store, text, given(), true)));
  const create = () =>
    attempt(async () => {
      const done = await made(store, text, given(), false);
      location.hash = 'provider' in done ? to('provider', done.provider.id) : to('providers');
    });
  const begin = (kind: string) => {
    const template = TEMPLATES[kind];
    if (template) take(JSON.stringify({ version: 1, providers: [template] }, undefined, 2));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void event.dataTransfer?.files[0]?.text().then(take);
  };
  return (
    <section class="new" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <h2>{words.screens.new}</h2>
      <p>{words.new.about}</p>
      <label class="button">
        {words.new.choose}
        <input type="file" accept=".xml,.json,application/samlmetadata+xml" onChange={(event) => void event.currentTarget.files?.[0]?.text().then(take)} />
      </label>
      <label>
        {words.new.template}
        <select onChange={(event) => begin(event.currentTarget.value)}>
          <option value="">{words.new.noTemplate}</option>
          {Object.keys(TEMPLATES).map((kind) => (
            <option key={kind}>{kind}</option>
          ))}
        </select>
      </label>
      <label>
        {words.new.paste}
        <textarea rows={10} spellcheck={false} value={text} onInput={(event) => take(event.currentTarget.value)} />
      </label>
      <label>
        {words.new.alias}
        <input ref={alias} maxLength={255} onInput={() => setPlan(undefined)} />
      </label>
      <div class="tools">
        <button disabled={!text.trim()} onClick={() => void show()}>
          {words.new.plan}
        </button>
        <button class="primary" disabled={!plan} onClick={() => void create()}>
          {words.new.create}
        </button>
      </div>
      {plan && 'planned' in plan && <ImportView plan={plan} />}
      {plan && 'changes' in plan && <PlanView plan={plan} />}
      {plan && 'changes' in plan && <Certificates of={plan.answer as ImportedMetadata} />}
    </section>
  );
}

/** Creates a provider, or plans that: from a portable document, a discovery document or metadata. */
function made(store: ConsoleStore, text: string, given: { alias?: string }, plan: true): Promise<Plan | Import>;
function made(store: ConsoleStore, text: string, given: { alias?: string }, plan: false): Promise<ImportedMetadata | Import>;
async function made(store: ConsoleStore, text: string, given: { alias?: string }, plan: boolean): Promise<Plan | ImportedMetadata | Import> {
  if (!text.trimStart().startsWith('{')) return store.providers.create({ ...given, metadata: text }, { plan });
  const document = JSON.parse(text) as PortableDocument & Record<string, unknown>;
  if ('version' in document) return store.import(document, { plan });
  return store.providers.createOidc({ ...given, discovery: document }, { plan });
}

function Certificates({ of: { certificates = [], warnings = [] } }: { of: Partial<ImportedMetadata> }) {
  const words = useWords();
  return (
    <>
      {certificates.length > 0 && <h3>{words.new.certificates}</h3>}
      <ul>
        {certificates.map(({ kid, expires, expired }) => (
          <li key={kid} class="key">
            <code>{kid}</code>
            {expires && (
              <span class={expired ? 'mark ended' : undefined}>
                {words.provider.expires} {day(expires, words.language)}
              </span>
            )}
          </li>
        ))}
      </ul>
      {warnings.length > 0 && <h3>{words.new.warnings}</h3>}
      <ul class="warnings">
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </>
  );
}
