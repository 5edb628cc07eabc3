// How a record differs: its members before and after.

import { useWords } from '../words/words.js';

export interface MemberChange {
  /** A JSON Pointer (RFC 6901). */
  pointer: string;
  before: unknown;
  after: unknown;
}

export function Members({ changes }: { changes: MemberChange[] }) {
  const words = useWords();
  return (
    <ul class="members">
      {changes.map(({ pointer, before, after }) => (
        <li key={pointer} class="member">
          <code>{pointer.slice(1).replaceAll('/', ' › ') || words.plan.whole}</code>
          <div>
            {isThere(before) && (
              <del>
                <code>{text(before)}</code>
              </del>
            )}
            {isThere(after) && (
              <ins>
                <code>{text(after)}</code>
              </ins>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** The members of a record that differ, with what they were and are. */
export function between(before: object | null, after: object | null, pointers: string[]): MemberChange[] {
  return pointers.map((pointer) => ({ pointer, before: at(before, pointer), after: at(after, pointer) }));
}

function at(record: object | null, pointer: string): unknown {
  const names = pointer.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>((inside, name) => (Object(inside) as Record<string, unknown>)[name], record);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}
