// A step that is made only after its plan was seen.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Plan } from '../../../src/idpstore-types.js';
import { useWords } from '../words/words.js';
import { Act, type Look } from './act.js';
import { Confirm } from './confirm.js';
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
  /** What the plan alone does not show. */
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
    <Confirm title={words.plan.title} label={words.plan.confirm(label)} look={look === 'danger' ? look : 'primary'} run={confirm} cancel={() => setShown(undefined)}>
      {children}
      <PlanView plan={shown.plan} />
    </Confirm>
  );
}
