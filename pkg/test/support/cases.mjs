// The scenarios that all ports of the store share.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const root = process.env.IDPSTORE_CASES
  ? new URL(`file://${process.env.IDPSTORE_CASES}/`)
  : new URL('../../../tests/cases/', import.meta.url);

/** Name and content of each. */
export function cases() {
  const names = readdirSync(root, { recursive: true }).filter((name) => name.endsWith('.json')).sort();
  assert.ok(names.length > 0, 'there are no scenarios');
  return names.map((name) => [name, JSON.parse(readFileSync(new URL(name, root), 'utf8'))]);
}
