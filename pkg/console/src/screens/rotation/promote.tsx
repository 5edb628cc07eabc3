// The third step: the next key signs from now on, and the one before stays published for a while.

import { useState } from 'preact/hooks';

import { Planned } from '../../parts/planned.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

const DAY = 86_400;
const OVERLAP = 14;

export function Promote({ kid }: { kid: string | undefined }) {
  const words = useWords();
  const store = useStore();
  // Empty, it would be a rotation without any overlap.
  const [days, setDays] = useState(OVERLAP);
  const body = { kid: kid!, overlap: days * DAY };
  return (
    <section class="card">
      <h3>{words.rotation.promote}</h3>
      <p class="soft">{words.rotation.promoteAbout}</p>
      {kid && (
        <>
          <div class="tools">
            <label>
              {words.rotation.overlap}
              <input type="number" min={0} max={3650} value={Number.isNaN(days) ? '' : days} onInput={(event) => setDays(event.currentTarget.valueAsNumber)} />
            </label>
          </div>
          <div class="actions">
            <Planned
              label={words.rotation.promoteNow}
              look="primary"
              of={[kid, days]}
              isDisabled={Number.isNaN(days)}
              plan={() => store.rotation.promote(body, { plan: true })}
              run={() => store.rotation.promote(body)}
            />
            <Planned label={words.rotation.giveUp} look="danger" of={[kid]} plan={() => store.rotation.retire({ kid }, { plan: true })} run={() => store.rotation.retire({ kid })} />
          </div>
        </>
      )}
    </section>
  );
}
