// The last step: the key before is published no longer, or signs again.

import type { Rotation } from '../../../../src/idpstore-types.js';
import { day } from '../../parts/dates.js';
import { reason } from '../../parts/notices.js';
import { Planned } from '../../parts/planned.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { useOwners } from './owners.js';

export function Finish({ id, previous }: { id: string; previous: Rotation['keys'][number] | undefined }) {
  const words = useWords();
  const store = useStore();
  const { ids, error, choice } = useOwners(id, previous?.kid, (user) => !user.uses.includes('signing'));
  const owners = ids ?? [id];
  return (
    <section class="card">
      <h3>{words.rotation.finish}</h3>
      <p class="soft">{previous?.until ? words.rotation.finishesAt(day(previous.until, words.language)) : words.rotation.finishAbout}</p>
      {error !== undefined && <p class="error">{reason(error)}</p>}
      {previous && choice}
      {previous && (
        <div class="actions">
          <Planned
            label={words.rotation.finishNow}
            of={[previous.kid, ids?.join()]}
            isDisabled={!ids}
            plan={() => store.rotation.retire({ kid: previous.kid, owners }, { plan: true })}
            run={() => store.rotation.retire({ kid: previous.kid, owners })}
          />
          <Planned
            label={words.rotation.rollBack}
            look="danger"
            of={[previous.kid, ids?.join()]}
            isDisabled={!ids}
            plan={() => store.rotation.rollBack({ owners }, { plan: true })}
            run={() => store.rotation.rollBack({ owners })}
          />
        </div>
      )}
    </section>
  );
}
