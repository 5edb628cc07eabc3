// A provider in the neutral form and as each vendor shows it, what does not cross, and how it is edited.

import { useMemo, useState } from 'preact/hooks';

import type { Crossing, PortableProvider, Provider } from '../../../../src/idpstore-types.js';
import { DocumentView, type Marked } from '../../parts/document.js';
import { Editor, type JsonObject, type Verdict } from '../../parts/editor.js';
import { Failed } from '../../parts/notices.js';
import { ImportView, PlanView, VENDOR_NAMES, vendorName } from '../../parts/plan.js';
import { useCall, useIsNow, useStore, type ConsoleStore } from '../../store.js';
import { useWords } from '../../words/words.js';

const NEUTRAL = 'idpstore';

export function Documents({ provider }: { provider: Provider }) {
  const words = useWords();
  const store = useStore();
  const isNow = useIsNow();
  const [form, setForm] = useState(NEUTRAL);
  const [isEdited, setEdited] = useState(false);
  const { id, updated, sequence } = provider;
  const { value: crossings, error } = useCall(
    (store) => Promise.all(VENDOR_NAMES.map(([to]) => store.crossing.of(id, { to }))),
    [id, updated, sequence],
  );
  const crossing = crossings?.find(({ to }) => to === form);
  const document = form === NEUTRAL ? portable(provider) : crossing?.shown;
  const left = useMemo(() => crossings?.flatMap((one) => leaving(one, form)) ?? [], [crossings, form]);
  const choose = (next: string) => {
    setForm(next);
    setEdited(false);
  };
  return (
    <section class="card">
      <header>
        <h3 id="shown">{words.provider.shown}</h3>
        <div class="tabs" role="group" aria-labelledby="shown">
          {[[NEUTRAL, words.provider.neutral] as const, ...VENDOR_NAMES].map(([one, name]) => (
            <button key={one} aria-pressed={one === form} onClick={() => choose(one!)}>
              {name}
            </button>
          ))}
        </div>
      </header>
      {error !== undefined && <Failed error={error} />}
      {form !== NEUTRAL && (
        <p class="soft small-text">
          {words.provider.id} <code>{provider.ids[form]}</code>
        </p>
      )}
      {crossing && !crossing.shown && <p>{words.provider.notShown(vendorName(form))}</p>}
      {document && isEdited && (
        <Editor
          key={form}
          document={document}
          label={words.provider.document(form === NEUTRAL ? words.provider.neutral : vendorName(form))}
          {...edits(store, id, form)}
          close={() => setEdited(false)}
        />
      )}
      {document && !isEdited && (
        <>
          <DocumentView document={document} label={words.provider.shown} marked={left} />
          {isNow && (
            <div class="actions">
              <button onClick={() => setEdited(true)}>{words.editor.edit}</button>
            </div>
          )}
          {form !== NEUTRAL && <Left of={crossings ?? []} form={form} />}
        </>
      )}
    </section>
  );
}

/** What of a vendor's document does not cross to another vendor. */
function leaving({ to, lost }: Crossing, form: string): Marked[] {
  return lost.filter(({ of }) => of === form).map(({ member }) => ({ pointer: member, mark: `≠ ${vendorName(to)}` }));
}

/** Why members do not cross. */
function Left({ of: crossings, form }: { of: Crossing[]; form: string }) {
  const words = useWords();
  return (
    <>
      {crossings
        .filter(({ to }) => to !== form)
        .map(({ to, lost }) => {
          const own = lost.filter(({ of }) => of === form);
          return (
            <div key={to} class="stack">
              <h4>{own.length === 0 ? words.provider.nothingLost(vendorName(to)) : words.provider.lost(vendorName(to))}</h4>
              {own.length > 0 && (
                <ul class="lines small-text">
                  {own.map(({ member, core, why, detail }) => (
                    <li key={`${member} ${core}`}>
                      <code>{member || words.plan.whole}</code> {words.provider.why[why] ?? why}
                      {detail && <span class="soft">{detail}</span>}
                    </li>
                  ))}
                </ul>
              )}
            </div>
          );
        })}
    </>
  );
}

/** The provider as a document can have it, without what the store alone sets. */
function portable({ ids: _ids, kind: _kind, sequence: _sequence, shown_by: _shownBy, created: _created, updated: _updated, ...rest }: Provider): PortableProvider {
  return rest;
}

/** How a document in a form is checked, and saved. */
function edits(store: ConsoleStore, id: string, form: string): { check: (document: JsonObject) => Promise<Verdict>; save: (document: JsonObject) => Promise<unknown> } {
  if (form !== NEUTRAL) {
    return {
      check: async (document) => ({ violations: [], plan: <PlanView plan={await store.providers.replaceDocument(id, form, document, { plan: true })} /> }),
      save: (document) => store.providers.replaceDocument(id, form, document),
    };
  }
  const whole = (document: JsonObject) => ({ version: 1 as const, providers: [{ ...(document as unknown as PortableProvider), id }] });
  return {
    check: async (document) => {
      const plan = await store.import(whole(document), { plan: true });
      const refused = plan.planned.filter(({ outcome }) => outcome === 'refused');
      const violations = refused.map(({ place, reason }) => ({ pointer: place.replace(/^\/providers\/0/, ''), reason: reason ?? '' }));
      return { violations, plan: <ImportView plan={plan} /> };
    },
    save: (document) => store.import(whole(document)),
  };
}
