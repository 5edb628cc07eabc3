// A list of any length, of which only the rows in view are in the page.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The height of a row, in pixels; the style sheet has the same. */
const ROW = 52;
/** How many rows are drawn before and behind those in view. */
const BEYOND = 8;

/** Where one was in a list, kept while it is not shown. */
export interface Place {
  top: number;
  chosen: string;
}

interface Given<T> {
  items: T[];
  label: string;
  row: (item: T, isChosen: boolean) => ComponentChildren;
  id: (item: T) => string;
  open: (item: T) => void;
  /** What the space bar does. */
  act: (item: T) => void;
  place: Place;
}

/** The arrows move the choice, Enter opens what is chosen, and the space bar acts on it. */
export function Rows<T>({ items, label, row, id, open, act, place }: Given<T>) {
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: place.top, height: 600 });
  const [chosen, setChosen] = useState(place.chosen);
  place.chosen = chosen;
  useLayoutEffect(() => {
    const element = list.current!;
    element.scrollTop = place.top;
    const look = () => {
      place.top = element.scrollTop;
      setView({ top: element.scrollTop, height: element.clientHeight });
    };
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
  // If what was chosen has left the list, nothing is until the arrows choose again: not its neighbour.
  const at = chosen === '' ? 0 : items.findIndex((item) => id(item) === chosen);
  const drawn = items.slice(first, last).map((item, place) => [item, first + place] as const);
  const isDrawn = at >= first && at < last;

  const choose = (next: number) => {
    const element = list.current!;
    setChosen(id(items[next]!));
    if (next * ROW < element.scrollTop) element.scrollTop = next * ROW;
    else if ((next + 1) * ROW > element.scrollTop + element.clientHeight) element.scrollTop = (next + 1) * ROW - element.clientHeight;
  };
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -items.length, End: items.length };
  const press = (event: KeyboardEvent) => {
    if (event.target !== list.current) return;
    const item = items[at];
    const step = steps[event.key];
    if (event.key === 'Enter' && item) return open(item);
    if (event.key !== ' ' && step === undefined) return;
    event.preventDefault();
    if (step === undefined) {
      // A key that is held down acts once.
      if (event.repeat) return;
      if (item) {
        setChosen(id(item));
        act(item);
      }
      return;
    }
    choose(Math.max(0, Math.min(items.length - 1, at + step)));
  };
  const click = (event: MouseEvent, item: T) => {
    // Links and switches in the row act by themselves.
    if (!(event.target as Element).closest('a, button')) open(item);
  };
  return (
    <div
      class="rows"
      ref={list}
      role="grid"
      aria-label={label}
      aria-rowcount={items.length}
      tabIndex={0}
      aria-activedescendant={isDrawn ? `row-${id(items[at]!)}` : undefined}
      onKeyDown={press}
    >
      <div class="all" role="presentation" style={{ height: `${items.length * ROW}px` }}>
        {drawn.map(([item, number]) => (
          <div
            key={id(item)}
            id={`row-${id(item)}`}
            class="row"
            role="row"
            aria-selected={number === at}
            aria-rowindex={number + 1}
            style={{ top: `${number * ROW}px` }}
            onClick={(event) => click(event, item)}
          >
            {row(item, number === at)}
          </div>
        ))}
      </div>
    </div>
  );
}
