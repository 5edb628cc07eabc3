// The store as a file, and its content as a document.

import { useState } from 'preact/hooks';

import type { Import, PortableDocument } from '../../../src/idpstore-types.js';
import { download } from '../parts/download.js';
import { ImportView } from '../parts/import.js';
import { useTeller } from '../parts/notices.js';
import { useStore } from '../store.js';
import { useWords } from '../words/words.js';

export function FileScreen() {
  const words = useWords();
  const store = useStore();
  const { attempt, say } = useTeller();
  const { file } = store;
  const open = (blob: File | undefined) =>
    blob &&
    attempt(async () => {
      const before = await file!.export();
      await file!.import(blob);
      say(words.file.opened, { text: words.log.undo, run: () => file!.import(before) });
    });
  const exported = () => attempt(async () => download('idpstore.json', JSON.stringify(await store.export(), undefined, 2), 'application/json'));
  const check = () =>
    attempt(async () => {
      const { sound, records, problems } = await store.check();
      say(sound ? words.file.sound(records) : `${words.file.notSound} ${problems.map(({ place, words }) => `${place}: ${words}`).join('; ')}`);
    });
  return (
    <section>
      <h2>{words.screens.file}</h2>
      {file && (
        <div class="tools">
          <button onClick={() => void attempt(() => file.save())}>{words.file.save}</button>
          <label class="button">
            {words.file.open}
            <input type="file" onChange={(event) => void open(event.currentTarget.files?.[0])} />
          </label>
          <p>{words.file.openAbout}</p>
        </div>
      )}
      <div class="tools">
        <button onClick={() => void exported()}>{words.file.export}</button>
        <p>{words.file.exportAbout}</p>
      </div>
      <ImportForm />
      <div class="tools">
        <button onClick={() => void check()}>{words.file.check}</button>
      </div>
    </section>
  );
}

/** Takes a document, shows what it would change, and imports it. */
function ImportForm() {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [chosen, setChosen] = useState<{ document: PortableDocument; plan: Import }>();
  const choose = (file: File | undefined) =>
    file &&
    attempt(async () => {
      const document = JSON.parse(await file.text()) as PortableDocument;
      setChosen({ document, plan: await store.import(document, { plan: true }) });
    });
  const run = () => attempt(async () => (await store.import(chosen!.document), setChosen(undefined)));
  return (
    <div class="tools">
      <label class="button">
        {words.file.import}
        <input type="file" accept=".json,application/json" onChange={(event) => void choose(event.currentTarget.files?.[0])} />
      </label>
      {chosen && (
        <div>
          <ImportView plan={chosen.plan} />
          <button class="primary" disabled={!chosen.plan.possible || chosen.plan.planned.length === 0} onClick={() => void run()}>
            {words.file.importNow}
          </button>
        </div>
      )}
    </div>
  );
}
