// What options are held against: for each entry a table of the names that it knows and of what fits them.

import { IdpStoreError } from './errors.js';

/** What one option takes. */
export interface Rule {
  fits(value: never): boolean;
  /** In words, such as `a number`. */
  expected: string;
}

/** What an entry takes: a rule for each name. */
export type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule };

/** The options, if each of them has a name that is known and a value that fits; absent ones have the value `undefined`. */
export function checked<Options extends object>(options: Options, rules: Rules<Options>): Options {
  if (typeof options !== 'object' || (options as Options | null) === null || Array.isArray(options)) {
    throw refused(`options must be an object, not ${quoted(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = (rules as Record<string, Rule | undefined>)[name];
    if (!rule || !Object.hasOwn(rules, name)) throw unknown(name, Object.keys(rules));
    if (value !== undefined) fitting(name, value, rule);
  }
  return options;
}

/** Refuses a value that does not fit. */
export function fitting(name: string, value: unknown, { fits, expected }: Rule): void {
  if (!fits(value as never)) throw refused(`\`${name}\` must be ${expected}, not ${quoted(value)}`);
}

/** An error about an option. */
export function refused(message: string, options?: ErrorOptions): IdpStoreError {
  return new IdpStoreError('ERR_OPTIONS', message, options);
}

/** The refusal of a name that is not known. */
export function unknown(name: string, known: string[]): IdpStoreError {
  return refused(`unknown option ${quoted(name)}: did you mean \`${nearest(name, known)}\`? (known: ${known.join(', ')})`);
}

/** The name that is most like this one. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [first] = [...known].sort((one, other) => distance(one, name) - distance(other, name));
  return first;
}

/** How many characters must be inserted, removed or replaced to make one word of another (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [line, character] of [...one.toLowerCase()].entries()) {
    const next = [line + 1];
    for (let column = 0; column < other.length; column += 1) {
      const replaced = row[column]! + (other[column]!.toLowerCase() === character ? 0 : 1);
      next.push(Math.min(replaced, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}

/** A value as a message names it. */
export function quoted(value: unknown): string {
  const text = String(value);
  return `\`${text.length > 200 ? `${text.slice(0, 200)}…` : text}\``;
}

const isText = (value: unknown) => typeof value === 'string';

export const TEXT: Rule = { fits: isText, expected: 'a text' };
export const FUNCTION: Rule = { fits: (value) => typeof value === 'function', expected: 'a function' };
export const BOOLEAN: Rule = { fits: (value) => typeof value === 'boolean', expected: 'true or false' };
export const TEXTS: Rule = { fits: (value: unknown) => Array.isArray(value) && value.every(isText), expected: 'a list of texts' };

/** A whole number within bounds. */
export function whole(least: number, most: number): Rule {
  const fits = (value: number) => Number.isInteger(value) && value >= least && value <= most;
  return { fits, expected: `a whole number from ${least} to ${most}` };
}

/** A store, or whatever has the calls of one that an entry makes. */
export const STORE: Rule = {
  fits: (value: { fetch?: unknown } | undefined) => typeof value?.fetch === 'function',
  expected: 'a store',
};
