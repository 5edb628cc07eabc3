// What a call would change, before it is made.

import type { Plan } from '../../../src/idpstore-types.js';
import { useWords } from '../words/words.js';

export function PlanView({ plan }: { plan: Plan }) {
  const words = useWords();
  return (
    <div class="plan">
      {plan.changes.length === 0 && <p>{words.plan.nothing}</p>}
      <ul>
        {plan.changes.map(({ outcome, table, name, members }) => (
          <li key={`${table} ${name}`}>
            <strong>{words.plan[outcome as keyof typeof words.plan] ?? outcome}</strong> {name ?? table}
            {members.length > 0 && <code>{members.join(' ')}</code>}
          </li>
        ))}
      </ul>
      {plan.warnings.length > 0 && (
        <>
          <h3>{words.new.warnings}</h3>
          <ul class="warnings">
            {plan.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
