// Takes a document, shows what it would change, and imports it.

import { useState } from 'preact/hooks';

import type { Import, PortableDocument } from '../../../../src/idpstore-types.js';
import { useTeller } from '../../parts/notices.js';
import { ImportView } from '../../parts/plan.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

export function ImportForm() {
  const words = useWords();
  const store = useStore();
  const { attempt, say } = useTeller();
  const [isPruned, setPruned] = useState(false);
  const [chosen, setChosen] = useState<{ document: PortableDocument; plan: Import }>();
  const plan = (document: PortableDocument, prune: boolean) => attempt(async () => setChosen({ document, plan: await store.import(document, { plan: true, prune }) }));
  const choose = async (file: File | undefined) => {
    const document = file && (await attempt(async () => JSON.parse(await file.text()) as PortableDocument));
    if (document) await plan(document, isPruned);
  };
  const prune = (next: boolean) => {
    setPruned(next);
    if (chosen) void plan(chosen.document, next);
  };
  const run = () =>
    attempt(async () => {
      const { change } = await store.import(chosen!.document, { prune: isPruned });
      setChosen(undefined);
      say(words.file.imported, change ? { text: words.log.undo, run: () => store.history.undo(change) } : undefined);
    });
  return (
    <>
      <div class="actions">
        <label class="button">
          {words.file.import}
          <input type="file" accept=".json,application/json" onChange={(event) => void choose(event.currentTarget.files?.[0])} />
        </label>
        <label class="check">
          <input type="checkbox" checked={isPruned} onChange={(event) => prune(event.currentTarget.checked)} />
          {words.file.prune}
        </label>
      </div>
      {chosen && (
        <>
          <ImportView plan={chosen.plan} />
          <div class="actions">
            <button class="primary" disabled={!chosen.plan.possible || chosen.plan.planned.length === 0} onClick={() => void run()}>
              {words.file.importNow}
            </button>
            <button onClick={() => setChosen(undefined)}>{words.plan.cancel}</button>
          </div>
        </>
      )}
    </>
  );
}
