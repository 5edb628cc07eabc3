// A new provider, from what the partner publishes or from a template: what would be created is shown first.

import { useState } from 'preact/hooks';

import type { Import, ImportedMetadata, Plan } from '../../../../src/idpstore-types.js';
import { Icon } from '../../parts/icons.js';
import { useTeller } from '../../parts/notices.js';
import { ImportView, PlanView } from '../../parts/plan.js';
import { TEMPLATES } from '../../parts/templates.js';
import { go } from '../../routes.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { Found } from './found.js';
import { creates, type Source } from './source.js';

export function NewProvider() {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [source, setSource] = useState<Source>({ text: '', url: '', alias: '' });
  const [plan, setPlan] = useState<Plan | Import>();
  const set = (part: Partial<Source>) => {
    setSource({ ...source, ...part });
    setPlan(undefined);
  };
  const show = () => attempt(async () => setPlan(await creates(store, source, true)));
  const create = () =>
    attempt(async () => {
      const done = await creates(store, source, false);
      if ('provider' in done) go('provider', done.provider.id);
      else go('providers');
    });
  const isPossible = !plan || !('possible' in plan) || plan.possible;
  return (
    <section>
      <div class="head">
        <div>
          <h2>{words.screens.new}</h2>
          <p>{words.new.about}</p>
        </div>
      </div>
      <div class="columns">
        <section class="card">
          <Drop take={(text) => set({ text, url: '' })} />
          <label>
            {words.new.url}
            <input type="url" placeholder="https://" value={source.url} onInput={(event) => set({ url: event.currentTarget.value, text: '' })} />
          </label>
          <label>
            {words.new.template}
            <select value="" onChange={(event) => set({ text: template(event.currentTarget.value), url: '' })}>
              <option value="">{words.new.noTemplate}</option>
              {Object.keys(TEMPLATES).map((kind) => (
                <option key={kind} value={kind}>
                  {words.kind(kind)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {words.new.paste}
            <textarea class="code" rows={14} spellcheck={false} value={source.text} onInput={(event) => set({ text: event.currentTarget.value, url: '' })} />
          </label>
          <label>
            {words.new.alias}
            <input maxLength={255} value={source.alias} onInput={(event) => set({ alias: event.currentTarget.value })} />
          </label>
          <div class="actions">
            <button class={plan ? '' : 'primary'} disabled={!source.text.trim() && !source.url} onClick={() => void show()}>
              {words.new.plan}
            </button>
          </div>
        </section>
        <section class="card" aria-live="polite">
          <h3>{words.plan.title}</h3>
          {!plan && <p class="soft">{words.new.noPlan}</p>}
          {plan && 'planned' in plan && <ImportView plan={plan} />}
          {plan && 'changes' in plan && (
            <>
              <PlanView plan={plan} />
              <Found of={plan.answer as ImportedMetadata} known={plan.warnings} />
            </>
          )}
          <div class="actions">
            <button class="primary" disabled={!plan || !isPossible} onClick={() => void create()}>
              {words.new.create}
            </button>
          </div>
        </section>
      </div>
    </section>
  );
}

/** Takes a file, chosen or dropped. */
function Drop({ take }: { take: (text: string) => void }) {
  const words = useWords();
  const [isOver, setOver] = useState(false);
  const read = (file: File | undefined) => void file?.text().then(take);
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    read(event.dataTransfer?.files[0]);
  };
  return (
    <div class={isOver ? 'drop over' : 'drop'} onDragOver={over} onDragLeave={() => setOver(false)} onDrop={drop}>
      <p>{words.new.drop}</p>
      <label class="button">
        <Icon name="file" />
        {words.new.choose}
        <input type="file" accept=".xml,.json,application/samlmetadata+xml" onChange={(event) => read(event.currentTarget.files?.[0])} />
      </label>
    </div>
  );
}

/** A document with a provider of a kind, to be filled in. */
function template(kind: string): string {
  const provider = TEMPLATES[kind];
  return provider ? JSON.stringify({ version: 1, providers: [provider] }, undefined, 2) : '';
}
