// Replaces all that the store holds by a copy, after what that would change was shown.

import { useState } from 'preact/hooks';

import type { StoreFile } from '../../../../src/file.js';
import type { Import } from '../../../../src/idpstore-types.js';
import { Confirm } from '../../parts/confirm.js';
import { FileButton } from '../../parts/file-button.js';
import { useTeller } from '../../parts/notices.js';
import { ImportView } from '../../parts/plan.js';
import { lastNumber, useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

export function OpenCopy({ file }: { file: StoreFile }) {
  const words = useWords();
  const store = useStore();
  const { attempt, say } = useTeller();
  const [chosen, setChosen] = useState<{ copy: File; plan: Import }>();
  const choose = (copy: File) => attempt(async () => setChosen({ copy, plan: await store.import(await file.read(copy), { plan: true, prune: true }) }));
  const open = async (copy: File) => {
    const before = await file.export();
    await file.import(copy);
    const last = await lastNumber(store);
    setChosen(undefined);
    // What was done since would be lost with it.
    const back = async () => {
      if ((await lastNumber(store)) !== last) throw new Error(words.file.changedSince);
      await file.import(before);
    };
    say(words.file.opened, { text: words.log.undo, run: back });
  };
  if (!chosen) return <FileButton take={choose}>{words.file.open}</FileButton>;
  const { copy, plan } = chosen;
  return (
    <Confirm title={words.file.wouldReplace(copy.name)} label={words.file.replace} look="danger" run={() => open(copy)} cancel={() => setChosen(undefined)}>
      <ImportView plan={plan} />
      <p class="soft">{words.file.alsoReplaced}</p>
    </Confirm>
  );
}
