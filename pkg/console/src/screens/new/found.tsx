// What was found in a partner's document: certificates and keys, with what is wrong with them.

import type { ImportedMetadata } from '../../../../src/idpstore-types.js';
import { day } from '../../parts/dates.js';
import { Findings } from '../../parts/keys.js';
import { End } from '../../parts/end.js';
import { Warnings } from '../../parts/plan.js';
import { useWords } from '../../words/words.js';

interface Given {
  of: ImportedMetadata;
  /** Warnings that are shown already. */
  known: string[];
}

export function Found({ of: { certificates = [], keys = [], warnings = [] }, known }: Given) {
  const words = useWords();
  return (
    <>
      <Warnings of={warnings.filter((one) => !known.includes(one))} />
      {certificates.length > 0 && <h4>{words.screens.certificates}</h4>}
      {certificates.map(({ kid, subject, fingerprint, valid_from, expires, findings }) => (
        <dl key={kid}>
          <div>
            <dt>{words.new.subject}</dt>
            <dd>{subject}</dd>
          </div>
          <div>
            <dt>{words.new.validity}</dt>
            <dd>
              {valid_from && day(valid_from, words.language)} – {expires && <End at={expires} />} <Findings of={findings} />
            </dd>
          </div>
          <div>
            <dt>{words.new.fingerprint}</dt>
            <dd>
              <code>{fingerprint}</code>
            </dd>
          </div>
        </dl>
      ))}
      {keys.length > 0 && <h4>{words.new.keys}</h4>}
      <ul class="lines">
        {keys.map(({ kid, thumbprint, kty, bits, findings }) => (
          <li key={thumbprint}>
            <strong>{`${kty} ${bits}`}</strong>
            <Findings of={findings} />
            <code class="key-id">{kid ?? thumbprint}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
