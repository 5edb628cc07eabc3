// A new provider, from what the partner publishes: what would be created is shown first.

import { useRef, useState } from 'preact/hooks';

import type { ImportedMetadata, Plan } from '../../../src/idpstore-types.js';
import { day } from '../parts/dates.js';
import { useTeller } from '../parts/notices.js';
import { PlanView } from '../parts/plan.js';
import { to } from '../routes.js';
import { useStore } from '../store.js';
import { useWords } from '../words/words.js';

export function NewProvider() {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [text, setText] = useState('');
  const [plan, setPlan] = useState<Plan>();
  const alias = useRef<HTMLInputElement>(null);
  const isJson = text.trimStart().startsWith('{');

  const take = (content: string) => {
    setText(content);
    setPlan(undefined);
  };
  const given = () => (alias.current?.value ? { alias: alias.current.value } : {});
  const show = () =>
    attempt(async () => {
      const options = { plan: true } as const;
      setPlan(isJson ? await store.providers.createOidc({ ...given(), discovery: JSON.parse(text) }, options) : await store.providers.create({ ...given(), metadata: text }, options));
    });
  const create = () =>
    attempt(async () => {
      const made = isJson ? await store.providers.createOidc({ ...given(), discovery: JSON.parse(text) }) : await store.providers.create({ ...given(), metadata: text });
      location.hash = to('provider', made.provider.id);
    });
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
        {words.new.paste}
        <textarea rows={10} spellcheck={false} value={text} onInput={(event) => take(event.currentTarget.value)} />
      </label>
      <label>
        {words.new.alias}
        <input ref={alias} maxLength={255} />
      </label>
      <div class="tools">
        <button disabled={!text.trim()} onClick={() => void show()}>
          {words.new.plan}
        </button>
        <button class="primary" disabled={!plan} onClick={() => void create()}>
          {words.new.create}
        </button>
      </div>
      {plan && <PlanView plan={plan} />}
      {plan && <Certificates of={plan.answer as ImportedMetadata} />}
    </section>
  );
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
