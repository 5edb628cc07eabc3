// Where the store is kept, which tab has it, how much room it takes, and copies of it.

import { useEffect, useState } from 'preact/hooks';

import type { StoreFile } from '../../../../src/file.js';
import { Act } from '../../parts/act.js';
import { Icon } from '../../parts/icons.js';
import { useTurn } from '../../parts/turn.js';
import { useCall } from '../../store.js';
import { useWords } from '../../words/words.js';
import { OpenCopy } from './open-copy.js';

export function Kept({ file }: { file: StoreFile }) {
  const words = useWords();
  return (
    <section class="card">
      <h3>{words.file.kept}</h3>
      {file.isLasting ? <Place file={file} /> : <p>{words.file.inMemory}</p>}
      <p class="soft">{words.file.copyAbout}</p>
      <div class="actions">
        <Act run={() => file.save()}>
          <Icon name="download" />
          {words.file.save}
        </Act>
        <OpenCopy file={file} />
      </div>
    </section>
  );
}

/** Which tab has the file, and what the browser grants it. */
function Place({ file }: { file: StoreFile }) {
  const words = useWords();
  const again = [file, useTurn(), useLook()];
  const { value: isOwner } = useCall(() => file.isOwner(), again);
  const { value: room } = useCall(async () => navigator.storage?.estimate(), again);
  const { value: isSafe } = useCall(async () => navigator.storage?.persisted(), again);
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

/** Another number whenever the tab is looked at again, when another one may have the file. */
function useLook(): number {
  const [look, setLook] = useState(0);
  useEffect(() => {
    const next = () => setLook((look) => look + 1);
    document.addEventListener('visibilitychange', next);
    return () => document.removeEventListener('visibilitychange', next);
  }, []);
  return look;
}

/** A number of bytes, such as `1.5 MB`. */
function size(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(language, { style: 'unit', unit: units[power]!, maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
}
