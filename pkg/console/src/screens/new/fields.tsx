// What a new provider is made of, and what it is given besides.

import { TEMPLATES } from '../../parts/templates.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { Drop } from './drop.js';
import { decoded, kindOf, type Source } from './source.js';

interface Given {
  source: Source;
  set: (part: Partial<Source>) => void;
  /** Whether the metadata has several identity providers. */
  isOfSeveral: boolean;
}

/** Longer texts are not shown: the page would be slow. */
const SHOWN = 200_000;

export function SourceFields({ source, set }: Given) {
  const words = useWords();
  const store = useStore();
  const isLong = source.text.length > SHOWN;
  const from = (text: string, bytes?: Uint8Array) => set({ text, bytes, url: '' });
  return (
    <>
      <Drop take={(bytes) => from(decoded(bytes), bytes)} />
      {store.fetches !== false && (
        <label>
          {words.new.url}
          <input type="url" placeholder="https://" value={source.url} onInput={(event) => set({ url: event.currentTarget.value, text: '', bytes: undefined })} />
        </label>
      )}
      <label>
        {words.new.template}
        <select value="" onChange={(event) => from(template(event.currentTarget.value))}>
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
        <textarea
          class="code source"
          rows={6}
          spellcheck={false}
          placeholder={isLong ? words.new.long(source.text.length) : ''}
          value={isLong ? '' : source.text}
          onInput={(event) => from(event.currentTarget.value)}
        />
      </label>
    </>
  );
}

export function MoreFields({ source, set, isOfSeveral }: Given) {
  const words = useWords();
  const kind = kindOf(source);
  const hasClient = kind === 'url' || kind === 'discovery';
  const isAll = isOfSeveral && source.isAll;
  return (
    <>
      {isOfSeveral && (
        <fieldset class="plain-set">
          <legend>{words.new.several}</legend>
          <label>
            {words.new.entityId}
            <input value={source.entityId} disabled={isAll} onInput={(event) => set({ entityId: event.currentTarget.value })} />
          </label>
          {kind === 'metadata' && (
            <label class="check">
              <input type="checkbox" checked={isAll} onChange={(event) => set({ isAll: event.currentTarget.checked })} />
              {words.new.all}
            </label>
          )}
        </fieldset>
      )}
      {hasClient && (
        <div class="client">
          <label>
            {words.new.clientId}
            <input autocomplete="off" value={source.clientId} onInput={(event) => set({ clientId: event.currentTarget.value })} />
          </label>
          <label>
            {words.new.clientSecret}
            <input type="password" autocomplete="new-password" value={source.clientSecret} onInput={(event) => set({ clientSecret: event.currentTarget.value })} />
          </label>
        </div>
      )}
      <label>
        {kind === 'document' ? words.new.aliasInside : words.new.alias}
        <input maxLength={255} disabled={kind === 'document' || isAll} value={kind === 'document' || isAll ? '' : source.alias} onInput={(event) => set({ alias: event.currentTarget.value })} />
      </label>
    </>
  );
}

/** A document with a provider of a kind, to be filled in. */
function template(kind: string): string {
  const provider = TEMPLATES[kind];
  return provider ? JSON.stringify({ version: 1, providers: [provider] }, undefined, 2) : '';
}
