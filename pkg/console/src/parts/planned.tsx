// A step that is made only after its plan was seen.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Plan } from '../../../src/idpstore-types.js';
import { useWords } from '../words/words.js';
import { Act, type Look } from './act.js';
import { PlanView } from './plan.js';

interface Given {
  /** What the button says. */
  label: string;
  /** What the step would change. */
  plan: () => Promise<Plan>;
  run: () => Promise<unknown>;
  /** A plan is out of date once one of these is another. */
  of?: unknown[];
  isDisabled?: boolean;
  isSmall?: boolean;
  look?: Look;
  /** What stands above the plan. */
  children?: ComponentChildren;
}

export function Planned({ label, plan, run, of = [], isDisabled = false, isSmall = false, look = '', children }: Given) {
  const words = useWords();
  // What is carried out is what was planned, whatever has been typed since.
  const [shown, setShown] = useState<{ plan: Plan; run: () => Promise<unknown> }>();
  const turn = useRef(0);
  useEffect(() => {
    turn.current += 1;
    setShown(undefined);
  }, of);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [shown]);
  const show = async () => {
    const begun = turn.current;
    const planned = { plan: await plan(), run };
    if (begun === turn.current) setShown(planned);
  };
  const confirm = async () => {
    await shown!.run();
    setShown(undefined);
  };
  if (!shown) {
    return (
      <Act run={show} look={look} isSmall={isSmall} isDisabled={isDisabled}>
        {label}
      </Act>
    );
  }
  return (
    <div class="planned">
      {children}
      <h4 ref={title} tabIndex={-1}>
        {words.plan.title}
      </h4>
      <PlanView plan={shown.plan} />
      <div class="actions">
        <Act run={confirm} look={look === 'danger' ? look : 'primary'}>
          {words.plan.confirm(label)}
        </Act>
        <button onClick={() => setShown(undefined)}>{words.plan.cancel}</button>
      </div>
    </div>
  );
}
