// What an import would change, before it is made.

import type { Import } from '../../../src/idpstore-types.js';
import { useWords } from '../words/words.js';

/** How many records are listed. */
const SHOWN = 200;

export function ImportView({ plan: { planned } }: { plan: Import }) {
  const words = useWords();
  return (
    <div class="plan">
      {planned.length === 0 && <p>{words.plan.nothing}</p>}
      <ul>
        {planned.slice(0, SHOWN).map(({ line, outcome }, at) => (
          <li key={at} class={outcome === 'refused' ? 'error' : undefined}>
            {line}
          </li>
        ))}
      </ul>
    </div>
  );
}
