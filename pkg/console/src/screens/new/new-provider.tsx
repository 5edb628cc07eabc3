// A new provider, from what the partner publishes or from a template: what would be created is shown first.

import { useRef, useState } from 'preact/hooks';

import type { Import, ImportedMetadata, Plan } from '../../../../src/idpstore-types.js';
import { Act } from '../../parts/act.js';
import { ImportView, PlanView } from '../../parts/plan.js';
import { go } from '../../routes.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { MoreFields, SourceFields } from './fields.js';
import { Found } from './found.js';
import { creates, EMPTY, isOfSeveral, kindOf, type Source } from './source.js';

/** What was planned: exactly that is created. */
interface Planned {
  source: Source;
  plan: Plan | Import;
}

export function NewProvider() {
  const words = useWords();
  const store = useStore();
  const [source, setSource] = useState(EMPTY);
  const [planned, setPlanned] = useState<Planned>();
  const [hasSeveral, setSeveral] = useState(false);
  /** What is in the form: the plan of anything else comes too late. */
  const wanted = useRef(source);
  const set = (part: Partial<Source>) => {
    const isOther = 'text' in part || 'url' in part;
    wanted.current = { ...wanted.current, ...(isOther ? { entityId: '', isAll: false } : {}), ...part };
    setSource(wanted.current);
    setPlanned(undefined);
    if (isOther) setSeveral(false);
  };
  const show = async () => {
    try {
      const plan = await creates(store, source, true);
      if (wanted.current === source) setPlanned({ source, plan });
    } catch (error) {
      if (wanted.current !== source) return;
      if (isOfSeveral(error)) setSeveral(true);
      throw error;
    }
  };
  const create = async ({ source }: Planned) => {
    const done = await creates(store, source, false);
    if ('provider' in done) go('provider', done.provider.id);
    else go('providers');
  };
  return (
    <section>
      <div class="head">
        <div>
          <h2>{words.screens.new}</h2>
          <p>{words.new.about}</p>
        </div>
      </div>
      <div class="columns">
        <section class="card">
          <SourceFields source={source} set={set} isOfSeveral={hasSeveral} />
          <MoreFields source={source} set={set} isOfSeveral={hasSeveral} />
          <div class="actions">
            <Act look={planned ? '' : 'primary'} isDisabled={kindOf(source) === 'none'} run={show}>
              {words.new.plan}
            </Act>
          </div>
        </section>
        <section class="card" aria-live="polite">
          <h3>{words.plan.title}</h3>
          {planned ? <Shown plan={planned.plan} /> : <p class="soft">{words.new.noPlan}</p>}
          <div class="actions">
            <Act look="primary" isDisabled={!planned || !isPossible(planned.plan)} run={() => create(planned!)}>
              {words.new.create}
            </Act>
          </div>
        </section>
      </div>
    </section>
  );
}

function isPossible(plan: Plan | Import): boolean {
  return !('possible' in plan) || plan.possible;
}

function Shown({ plan }: { plan: Plan | Import }) {
  if ('planned' in plan) return <ImportView plan={plan} />;
  const isOne = 'provider' in Object(plan.answer);
  return (
    <>
      <PlanView plan={plan} />
      {isOne && <Found of={plan.answer as ImportedMetadata} known={plan.warnings} />}
    </>
  );
}
