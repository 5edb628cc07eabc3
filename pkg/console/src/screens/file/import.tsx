// Takes a document, shows what it would change, and imports it.

import { useRef, useState } from 'preact/hooks';

import type { Import, PortableDocument } from '../../../../src/idpstore-types.js';
import { Confirm } from '../../parts/confirm.js';
import { FileButton } from '../../parts/file-button.js';
import { useTeller } from '../../parts/notices.js';
import { ImportView } from '../../parts/plan.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

/** What was planned: exactly that is imported. */
interface Chosen {
  document: PortableDocument;
  prune: boolean;
  plan: Import;
}

export function ImportForm() {
  const words = useWords();
  const store = useStore();
  const { attempt, say } = useTeller();
  const [prune, setPrune] = useState(false);
  const [chosen, setChosen] = useState<Chosen>();
  /** What is being planned, or was last: the plan of anything before comes too late. */
  const wanted = useRef<{ document: PortableDocument; prune: boolean }>();
  const plan = (next: NonNullable<typeof wanted.current>) => {
    wanted.current = next;
    setChosen(undefined);
    return attempt(async () => {
      const plan = await store.import(next.document, { plan: true, prune: next.prune });
      if (wanted.current === next) setChosen({ ...next, plan });
    });
  };
  const choose = async (file: File) => {
    const document = await attempt(async () => JSON.parse(await file.text()) as PortableDocument);
    if (document) await plan({ document, prune });
  };
  const toggle = (next: boolean) => {
    setPrune(next);
    if (wanted.current) void plan({ document: wanted.current.document, prune: next });
  };
  const close = () => {
    wanted.current = undefined;
    setChosen(undefined);
  };
  const run = async ({ document, prune }: Chosen) => {
    const { change } = await store.import(document, { prune });
    close();
    say(words.file.imported, change ? { text: words.log.undo, run: () => store.history.undo(change) } : undefined);
  };
  return (
    <>
      <div class="actions">
        <FileButton accept=".json,application/json" take={choose}>
          {words.file.import}
        </FileButton>
        <label class="check">
          <input type="checkbox" checked={prune} onChange={(event) => toggle(event.currentTarget.checked)} />
          {words.file.prune}
        </label>
      </div>
      {chosen && (
        <Confirm
          title={words.plan.title}
          label={words.file.importNow}
          isDisabled={!chosen.plan.possible || chosen.plan.planned.length === 0}
          run={() => run(chosen)}
          cancel={close}
        >
          <ImportView plan={chosen.plan} />
        </Confirm>
      )}
    </>
  );
}
