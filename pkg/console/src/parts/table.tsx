// A table with titles, which becomes a list of cards where there is little room.

import type { ComponentChildren } from 'preact';

export interface Title {
  text: string;
  /** Whether only screen readers need it, or its column is one of numbers. */
  look?: 'unseen' | 'number';
}

export function Table({ titles, children }: { titles: (string | Title)[]; children: ComponentChildren }) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            {titles.map((title) => {
              const { text, look } = typeof title === 'string' ? { text: title, look: undefined } : title;
              return (
                <th key={text} class={look === 'number' ? look : undefined}>
                  {look === 'unseen' ? <span class={look}>{text}</span> : text}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
