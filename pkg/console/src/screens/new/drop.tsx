// Takes a file, chosen or dropped.

import { useState } from 'preact/hooks';

import { FileButton } from '../../parts/file-button.js';
import { Icon } from '../../parts/icons.js';
import { useTeller } from '../../parts/notices.js';
import { useWords } from '../../words/words.js';

export function Drop({ take }: { take: (bytes: Uint8Array) => void }) {
  const words = useWords();
  const { attempt } = useTeller();
  const [isOver, setOver] = useState(false);
  const read = (file: File) => attempt(async () => take(new Uint8Array(await file.arrayBuffer())));
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file) void read(file);
  };
  return (
    <div class={isOver ? 'drop over' : 'drop'} onDragOver={over} onDragLeave={() => setOver(false)} onDrop={drop}>
      <p>{words.new.drop}</p>
      <FileButton accept=".xml,.json,application/samlmetadata+xml" take={read}>
        <Icon name="file" />
        {words.new.choose}
      </FileButton>
    </div>
  );
}
