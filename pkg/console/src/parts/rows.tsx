// A list of any length, of which only the rows in view are in the page.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The height of a row, in pixels; the style sheet has the same. */
const ROW = 52;
/** How many rows are drawn before and behind those in view. */
const BEYOND = 8;

interface Given<T> {
  items: T[];
  label: string;
  row: (item: T, isChosen: boolean) => ComponentChildren;
  id: (item: T) => string;
  open: (item: T) => void;
  /** What the space bar does. */
  act: (item: T) => void;
}

/** The arrows move the choice, Enter opens what is chosen, and the space bar acts on it. */
export function Rows<T>({ items, label, row, id, open, act }: Given<T>) {
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [chosen, setChosen] = useState(0);
  useLayoutEffect(() => {
    const element = list.current!;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  const first = Math.max(0, Math.floor(view.top / ROW) - BEYOND);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / ROW) + BEYOND);
  const at = Math.min(chosen, items.length - 1);

  const choose = (next: number) => {
    const element = list.current!;
    setChosen(next);
    if (next * ROW < element.scrollTop) element.scrollTop = next * ROW;
    else if ((next + 1) * ROW > element.scrollTop + element.clientHeight) element.scrollTop = (next + 1) * ROW - element.clientHeight;
  };
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -items.length, End: items.length };
  const press = (event: KeyboardEvent) => {
    const item = items[at];
    if (event.target !== list.current || !item) return;
    if (event.key === 'Enter') return open(item);
    if (event.key === ' ') {
      event.preventDefault();
      return act(item);
    }
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(items.length - 1, at + step)));
  };
  return (
    <div
      class="rows"
      ref={list}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={items[at] && `row-${id(items[at])}`}
      onKeyDown={press}
    >
      <div class="all" style={{ height: `${items.length * ROW}px` }}>
        {items.slice(first, last).map((item, place) => (
          <div
            key={id(item)}
            id={`row-${id(item)}`}
            class="row"
            role="option"
            aria-selected={first + place === at}
            aria-setsize={items.length}
            aria-posinset={first + place + 1}
            style={{ top: `${(first + place) * ROW}px` }}
            onClick={() => open(item)}
          >
            {row(item, first + place === at)}
          </div>
        ))}
      </div>
    </div>
  );
}
