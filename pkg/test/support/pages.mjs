// The files that pages of the documentation show: blocks of code whose first line names a file.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes the files of a page into a folder, and gives their names. */
export function filesOf(page, folder) {
  rmSync(folder, { recursive: true, force: true });
  const text = readFileSync(page, 'utf8');
  const names = [];
  for (const [, name, content] of text.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)) {
    mkdirSync(dirname(`${folder}/${name}`), { recursive: true });
    writeFileSync(`${folder}/${name}`, content);
    names.push(name);
  }
  return names;
}
