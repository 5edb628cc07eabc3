// A JSON document that is edited: the store says what is wrong with it and where, and what would change.

import { useMemo, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

import { IdpStoreError } from '../../../src/errors.js';
import { useWords } from '../words/words.js';
import { Act } from './act.js';
import { reason } from './notices.js';
import { lineOf, places } from './places.js';

/** What is in the editor. */
export type JsonObject = { [name: string]: unknown };

/** What is wrong, and where. */
export interface Violation {
  pointer: string;
  reason: string;
}

/** What the store says of a document. */
export interface Verdict {
  violations: Violation[];
  /** What would change. */
  plan: ComponentChildren;
}

interface Given {
  document: object;
  label: string;
  /** Has the store look at the document, and change nothing. */
  check: (document: JsonObject) => Promise<Verdict>;
  save: (document: JsonObject) => Promise<unknown>;
  close: () => void;
}

export function Editor({ document, label, check, save, close }: Given) {
  const words = useWords();
  const [text, setText] = useState(() => JSON.stringify(document, undefined, 2));
  const [verdict, setVerdict] = useState<Verdict>();
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = useMemo(() => text.split('\n'), [text]);
  const wrong = useMemo(() => {
    const found = places(text);
    return (verdict?.violations ?? []).map((one) => ({ ...one, line: lineOf(found, one.pointer) }));
  }, [verdict]);

  const type = (next: string) => {
    setText(next);
    setVerdict(undefined);
  };
  const look = async () => {
    const verdict = await judged(text, check);
    // What was typed meanwhile has not been looked at.
    if (area.current?.value === text) setVerdict(verdict);
  };
  const keep = async () => {
    await save(JSON.parse(text) as JsonObject);
    close();
  };
  const show = (line: number) => {
    const start = lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
    area.current!.focus();
    area.current!.setSelectionRange(start, start + lines[line]!.length);
  };
  const marked = new Set(wrong.map(({ line }) => line));
  return (
    <div class="stack">
      <div class="editor">
        <pre class="behind" aria-hidden="true">
          {lines.map((line, at) => (marked.has(at) ? <mark key={at}>{line || ' '}</mark> : `${line}\n`))}
        </pre>
        <textarea ref={area} class="code" aria-label={label} aria-invalid={wrong.length > 0} spellcheck={false} value={text} onInput={(event) => type(event.currentTarget.value)} />
      </div>
      {wrong.length > 0 && (
        <ul class="violations" role="alert">
          {wrong.map(({ pointer, reason, line }) => (
            <li key={`${pointer} ${reason}`}>
              <button class="quiet" onClick={() => show(line)}>
                {words.editor.at(line + 1)} {pointer && <code>{pointer}</code>} {reason}
              </button>
            </li>
          ))}
        </ul>
      )}
      {wrong.length === 0 && verdict?.plan}
      <div class="actions">
        {verdict && wrong.length === 0 ? (
          <Act look="primary" run={keep}>
            {words.editor.save}
          </Act>
        ) : (
          <Act look="primary" run={look}>
            {words.editor.check}
          </Act>
        )}
        <button onClick={close}>{words.plan.cancel}</button>
      </div>
    </div>
  );
}

/** What the store says of a text, if that is a document at all. */
async function judged(text: string, check: Given['check']): Promise<Verdict> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { violations: [{ pointer: '', reason: reason(error) }], plan: undefined };
  }
  try {
    return await check(Object(document) as JsonObject);
  } catch (error) {
    return { violations: violations(error), plan: undefined };
  }
}

/** What a refusal lists, or its words. */
function violations(error: unknown): Violation[] {
  const listed = IdpStoreError.is(error) && error.response?.vendor === 'idpstore' ? error.response.body.violations : undefined;
  return listed?.length ? listed : [{ pointer: '', reason: reason(error) }];
}
