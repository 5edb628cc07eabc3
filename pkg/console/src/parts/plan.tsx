// What a call would change, before it is made.

import type { Import, Plan } from '../../../src/idpstore-types.js';
import { useWords, type Words } from '../words/words.js';
import { Icon } from './icons.js';
import { between, Members } from './members.js';

/** How many records are listed. */
const SHOWN = 200;

export function PlanView({ plan }: { plan: Plan }) {
  const words = useWords();
  const changed = plan.documents.filter(({ members }) => members.length > 0);
  return (
    <div class="plan">
      {plan.changes.length === 0 && <p>{words.plan.nothing}</p>}
      <ul class="lines">
        {plan.changes.slice(0, SHOWN).map(({ outcome, table, name, members }) => (
          <li key={`${table} ${name}`}>
            <Outcome of={outcome} /> <bdi>{name || table}</bdi>
            {outcome === 'changed' && members.length > 0 && <code class="soft">{members.join(' ')}</code>}
          </li>
        ))}
      </ul>
      <More than={plan.changes.length} />
      {changed.map(({ api, record, before, after, members }) => (
        <details key={`${api} ${record}`}>
          <summary>{words.plan.shownBy(vendorName(api))}</summary>
          <Members changes={between(before, after, members)} />
        </details>
      ))}
      <Warnings of={plan.warnings} />
    </div>
  );
}

export function ImportView({ plan: { planned, unchanged, cannot_sign } }: { plan: Import }) {
  const words = useWords();
  return (
    <div class="plan">
      {planned.length === 0 && <p>{words.plan.nothing}</p>}
      <ul class="lines">
        {planned.slice(0, SHOWN).map(({ outcome, kind, name, place, members, reason }, at) => (
          <li key={at}>
            <Outcome of={outcome} /> <span class="soft">{kind.replaceAll('_', ' ')}</span> <bdi>{name}</bdi>
            {reason !== null && (
              <span class="error">
                <code>{place}</code> {reason}
              </span>
            )}
            {outcome === 'changed' && <Members changes={members} />}
          </li>
        ))}
      </ul>
      <More than={planned.length} />
      {unchanged > 0 && <p class="soft">{words.plan.unchanged(unchanged)}</p>}
      <Warnings of={cannot_sign.map((name) => words.plan.cannotSign(name))} />
    </div>
  );
}

export function Outcome({ of }: { of: keyof Words['plan']['outcomes'] }) {
  const words = useWords();
  const colour = { created: 'good', changed: 'warn', deleted: 'bad', refused: 'bad' }[of];
  return <span class={`badge ${colour}`}>{words.plan.outcomes[of]}</span>;
}

function More({ than }: { than: number }) {
  const words = useWords();
  return than > SHOWN ? <p class="soft">{words.plan.more(than - SHOWN)}</p> : null;
}

export function Warnings({ of }: { of: string[] }) {
  if (of.length === 0) return null;
  return (
    <ul class="warnings">
      {of.map((warning) => (
        <li key={warning}>
          <Icon name="warning" />
          <span>{warning}</span>
        </li>
      ))}
    </ul>
  );
}

const VENDORS: Record<string, string> = { okta: 'Okta', pingone: 'PingOne', zitadel: 'ZITADEL' };

/** A vendor as it writes its name. */
export function vendorName(vendor: string): string {
  return VENDORS[vendor] ?? vendor;
}

/** The vendors whose APIs show providers. */
export const VENDOR_NAMES = Object.entries(VENDORS);
