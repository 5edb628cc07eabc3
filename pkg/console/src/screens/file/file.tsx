// The store as a file, and its content as a document.

import { useState } from 'preact/hooks';

import type { Report } from '../../../../src/idpstore-types.js';
import { Act } from '../../parts/act.js';
import { download } from '../../parts/download.js';
import { Icon } from '../../parts/icons.js';
import { Warnings } from '../../parts/plan.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { Compare } from './compare.js';
import { ImportForm } from './import.js';
import { Kept } from './kept.js';

export function FileScreen() {
  const words = useWords();
  const store = useStore();
  const exported = async () => download('idpstore.json', JSON.stringify(await store.export(), undefined, 2), 'application/json');
  return (
    <section>
      <div class="head">
        <h2>{words.screens.file}</h2>
      </div>
      <div class="columns">
        <div class="stack">
          {store.file && <Kept file={store.file} />}
          <section class="card">
            <h3>{words.file.document}</h3>
            <p class="soft">{words.file.exportAbout}</p>
            <div class="actions">
              <Act run={exported}>
                <Icon name="download" />
                {words.file.export}
              </Act>
            </div>
            <ImportForm />
          </section>
        </div>
        <div class="stack">
          <Compare />
          <Check />
        </div>
      </div>
    </section>
  );
}

/** Whether the store is sound. */
function Check() {
  const words = useWords();
  const store = useStore();
  const [report, setReport] = useState<Report>();
  return (
    <section class="card">
      <h3>{words.file.check}</h3>
      <p class="soft">{words.file.checkAbout}</p>
      <div class="actions">
        <Act run={async () => setReport(await store.check())}>{words.file.check}</Act>
      </div>
      {report && (
        <div role="status" class="stack">
          <p>
            <span class={report.sound ? 'badge good' : 'badge bad'}>{report.sound ? words.file.sound(report.records) : words.file.notSound}</span>
          </p>
          <Warnings of={[...report.problems, ...report.warnings, ...report.findings].map(({ place, words }) => `${place}: ${words}`)} />
        </div>
      )}
    </section>
  );
}
