// A JSON document with marks at some of its lines.

import { useMemo } from 'preact/hooks';

import { lineOf, places } from './places.js';

export interface Marked {
  /** A JSON Pointer (RFC 6901). */
  pointer: string;
  /** What is written at the end of the line. */
  mark: string;
}

export function DocumentView({ document, label, marked }: { document: object; label: string; marked: Marked[] }) {
  const text = useMemo(() => JSON.stringify(document, undefined, 2), [document]);
  const marks = useMemo(() => {
    const found = places(text);
    const byLine = new Map<number, Set<string>>();
    for (const { pointer, mark } of marked) {
      const line = lineOf(found, pointer);
      byLine.set(line, (byLine.get(line) ?? new Set()).add(mark));
    }
    return byLine;
  }, [text, marked]);
  return (
    <pre class="document" tabIndex={0} role="region" aria-label={label}>
      {text.split('\n').map((line, at) => {
        const here = marks.get(at);
        return (
          <span key={at} class={here && 'marked'}>
            <span>{line}</span>
            {here && <span class="marks">{[...here].join(', ')}</span>}
          </span>
        );
      })}
    </pre>
  );
}
