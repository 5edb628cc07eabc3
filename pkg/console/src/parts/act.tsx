// A button that does something, once at a time.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { useTeller } from './notices.js';

export type Look = 'primary' | 'danger' | 'quiet' | '';

interface Given {
  run: () => Promise<unknown>;
  look?: Look;
  isSmall?: boolean;
  isDisabled?: boolean;
  children: ComponentChildren;
}

export function Act({ run, look = '', isSmall = false, isDisabled = false, children }: Given) {
  const { attempt } = useTeller();
  const [isRunning, setRunning] = useState(false);
  const click = async () => {
    setRunning(true);
    await attempt(run);
    setRunning(false);
  };
  return (
    <button class={isSmall ? `${look} small` : look} disabled={isDisabled || isRunning} aria-busy={isRunning} onClick={() => void click()}>
      {children}
    </button>
  );
}
