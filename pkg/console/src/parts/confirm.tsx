// What would change, and the choice to do it or not.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { useWords } from '../words/words.js';
import { Act, type Look } from './act.js';

interface Given {
  /** What stands above; it gets the focus, so that it is read first. */
  title: string;
  /** What the button says that does it. */
  label: string;
  look?: Look;
  run: () => Promise<unknown>;
  isDisabled?: boolean;
  cancel: () => void;
  children: ComponentChildren;
}

export function Confirm({ title, label, look = 'primary', run, isDisabled = false, cancel, children }: Given) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="planned">
      <h4 ref={heading} tabIndex={-1}>
        {title}
      </h4>
      {children}
      <div class="actions">
        <Act run={run} look={look} isDisabled={isDisabled}>
          {label}
        </Act>
        <button onClick={cancel}>{words.plan.cancel}</button>
      </div>
    </div>
  );
}
