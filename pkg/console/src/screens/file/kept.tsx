// Where the store is kept, which tab has it, how much room it takes, and copies of it.

import type { StoreFile } from '../../../../src/file.js';
import { Icon } from '../../parts/icons.js';
import { useTeller } from '../../parts/notices.js';
import { useCall } from '../../store.js';
import { useWords } from '../../words/words.js';

export function Kept({ file }: { file: StoreFile }) {
  const words = useWords();
  const { attempt, say } = useTeller();
  const { value: isOwner } = useCall(() => file.isOwner(), [file]);
  const { value: room } = useCall(async () => navigator.storage?.estimate(), [file]);
  const open = (blob: File | undefined) =>
    blob &&
    attempt(async () => {
      const before = await file.export();
      await file.import(blob);
      say(words.file.opened, { text: words.log.undo, run: () => file.import(before) });
    });
  return (
    <section class="card">
      <h3>{words.file.kept}</h3>
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
      </dl>
      <p class="soft">{words.file.copyAbout}</p>
      <div class="actions">
        <button onClick={() => void attempt(() => file.save())}>
          <Icon name="download" />
          {words.file.save}
        </button>
        <label class="button">
          {words.file.open}
          <input type="file" onChange={(event) => void open(event.currentTarget.files?.[0])} />
        </label>
      </div>
    </section>
  );
}

/** A number of bytes, such as `1.5 MB`. */
function size(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(language, { style: 'unit', unit: units[power]!, maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
}
