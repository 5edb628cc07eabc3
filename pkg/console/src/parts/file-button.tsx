// A button that takes a file.

import type { ComponentChildren } from 'preact';

interface Given {
  /** Which files are offered, as of an input. */
  accept?: string;
  take: (file: File) => unknown;
  isSmall?: boolean;
  children: ComponentChildren;
}

export function FileButton({ accept, take, isSmall = false, children }: Given) {
  const change = (event: { currentTarget: HTMLInputElement }) => {
    const file = event.currentTarget.files?.[0];
    if (file) void take(file);
    // The same file can be taken again, after it was corrected.
    event.currentTarget.value = '';
  };
  return (
    <label class={isSmall ? 'button small' : 'button'}>
      {children}
      <input type="file" {...(accept ? { accept } : {})} onChange={change} />
    </label>
  );
}
