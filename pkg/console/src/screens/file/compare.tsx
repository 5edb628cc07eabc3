// What differs in another file: a document, or the file of a store.

import { useState } from 'preact/hooks';

import type { Import, PortableDocument } from '../../../../src/idpstore-types.js';
import { FileButton } from '../../parts/file-button.js';
import { useTeller } from '../../parts/notices.js';
import { ImportView } from '../../parts/plan.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

export function Compare() {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [result, setResult] = useState<{ name: string; plan: Import }>();
  const choose = (file: File) =>
    attempt(async () => {
      const document = isDocument(file) || !store.file ? (JSON.parse(await file.text()) as PortableDocument) : await store.file.read(file);
      setResult({ name: file.name, plan: await store.import(document, { plan: true, prune: true }) });
    });
  return (
    <section class="card">
      <h3>{words.file.compare}</h3>
      <p class="soft">{store.file ? words.file.compareAbout : words.file.compareDocument}</p>
      <div class="actions">
        <FileButton take={choose}>{words.file.compareWith}</FileButton>
      </div>
      {result && (
        <div class="stack" role="status">
          <h4>{result.plan.planned.length === 0 ? words.file.same(result.name) : words.file.differs(result.name)}</h4>
          {result.plan.planned.length > 0 && <ImportView plan={result.plan} />}
        </div>
      )}
    </section>
  );
}

function isDocument(file: File): boolean {
  return /\.json$/i.test(file.name) || file.type === 'application/json';
}
