// The scenarios that all ports of the store share.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

import { parse } from './scenario.mjs';

const root = process.env.IDPSTORE_CASES
  ? new URL(`file://${process.env.IDPSTORE_CASES}/`)
  : new URL('../../../tests/cases/', import.meta.url);

/** Name and content of each. */
export function cases() {
  const names = readdirSync(root, { recursive: true }).filter((name) => name.endsWith('.json')).sort();
  for (const dialect of ['okta/', 'pingone/', 'zitadel/']) {
    assert.ok(names.some((name) => name.startsWith(dialect)), `there are no scenarios in ${dialect}`);
  }
  return names.map((name) => [name, parse(readFileSync(new URL(name, root), 'utf8'))]);
}

/** A file of `tests/vectors/`, beside them. */
export function vector(name) {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, root), 'utf8'));
}
