// A step that is made only after its plan was seen.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { Plan } from '../../../src/idpstore-types.js';
import { useWords } from '../words/words.js';
import { useTeller } from './notices.js';
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
  look?: 'primary' | 'danger' | '';
  /** What is said above the plan. */
  children?: ComponentChildren;
}

export function Planned({ label, plan, run, of = [], isDisabled = false, look = '', children }: Given) {
  const words = useWords();
  const { attempt } = useTeller();
  const [shown, setShown] = useState<Plan>();
  useEffect(() => setShown(undefined), of);
  const show = () => attempt(async () => setShown(await plan()));
  const confirm = () =>
    attempt(async () => {
      setShown(undefined);
      await run();
    });
  if (!shown) {
    return (
      <button class={look} disabled={isDisabled} onClick={() => void show()}>
        {label}
      </button>
    );
  }
  return (
    <div class="stack planned">
      {children}
      <h4>{words.plan.title}</h4>
      <PlanView plan={shown} />
      <div class="actions">
        <button class={look || 'primary'} ref={(button) => button?.focus()} onClick={() => void confirm()}>
          {words.plan.confirm(label)}
        </button>
        <button onClick={() => setShown(undefined)}>{words.plan.cancel}</button>
      </div>
    </div>
  );
}
