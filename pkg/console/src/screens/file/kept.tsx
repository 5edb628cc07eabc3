// Where the store is kept, which tab has it, how much room it takes, and copies of it.

import { useEffect, useState } from 'preact/hooks';

import type { StoreFile } from '../../../../src/file.js';
import { Icon } from '../../parts/icons.js';
import { useTeller } from '../../parts/notices.js';
import { useCall, useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { OpenCopy } from './open-copy.js';

export function Kept({ file }: { file: StoreFile }) {
  const words = useWords();
  const { attempt } = useTeller();
  return (
    <section class="card">
      <h3>{words.file.kept}</h3>
      {file.isLasting ? <Place file={file} /> : <p>{words.file.inMemory}</p>}
      <p class="soft">{words.file.copyAbout}</p>
      <div class="actions">
        <button onClick={() => void attempt(() => file.save())}>
          <Icon name="download" />
          {words.file.save}
        </button>
        <OpenCopy file={file} />
      </div>
    </section>
  );
}

/** Which tab has the file, and what the browser grants it. */
function Place({ file }: { file: StoreFile }) {
  const words = useWords();
  const turn = useTurn();
  const { value: isOwner } = useCall(() => file.isOwner(), [file, turn]);
  const { value: room } = useCall(async () => navigator.storage?.estimate(), [file, turn]);
  const { value: isSafe } = useCall(async () => navigator.storage?.persisted(), [file, turn]);
  return (
    <dl>
      <div>
        <dt>{words.file.owner}</dt>
        <dd>{isOwner !== undefined && (isOwner ? words.file.thisTab : words.file.otherTab)}</dd>
      </div>
      {room && (
        <div>
          <dt>{words.file.used}</dt>
          <dd>{words.file.room(size(room.usage ?? 0, words.language), size(room.quota ?? 0, words.language))}</dd>
        </div>
      )}
      {isSafe !== undefined && (
        <div>
          <dt>{words.file.eviction}</dt>
          <dd>{isSafe ? words.file.notEvicted : words.file.evicted}</dd>
        </div>
      )}
    </dl>
  );
}

/** After how many milliseconds of changes the numbers are read again. */
const CALM = 300;

/** Another number whenever the store has changed, or the tab is looked at again. */
function useTurn(): number {
  const store = useStore();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const next = () => setTurn((turn) => turn + 1);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listening = store.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(next, CALM);
    });
    document.addEventListener('visibilitychange', next);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', next);
      void listening.then((end) => end(), () => {});
    };
  }, [store]);
  return turn;
}

/** A number of bytes, such as `1.5 MB`. */
function size(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(language, { style: 'unit', unit: units[power]!, maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
}
