// Which requests of web pages a server refuses: the table that all servers of the project are held to.
import { readFileSync } from 'node:fs';

const root = process.env.IDPSTORE_CASES
  ? new URL(`file://${process.env.IDPSTORE_CASES}/../cases-guard/`)
  : new URL('../../../tests/cases-guard/', import.meta.url);

export function guardTable() {
  const { cases, refused_options: refusedOptions } = JSON.parse(readFileSync(new URL('guard.json', root), 'utf8'));
  return { cases, refusedOptions };
}
