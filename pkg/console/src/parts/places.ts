// Where the values of a JSON text are, by their JSON Pointers (RFC 6901).

const TOKENS = /"(?:[^"\\\n]|\\.)*"|[{}[\],:\n]|[^\s{}[\],:"]+/g;

interface Around {
  pointer: string;
  isArray: boolean;
  /** Which element or member it is. */
  at: number;
  name?: string | undefined;
}

/** The line of each value, from 0. A text that is no JSON has places as far as it is some. */
export function places(text: string): Map<string, number> {
  const found = new Map([['', 0]]);
  const around: Around[] = [];
  let line = 0;
  for (const [token] of text.matchAll(TOKENS)) {
    const top = around.at(-1);
    if (token === '\n') line += 1;
    else if (token === '}' || token === ']') around.pop();
    else if (token === ',' && top) Object.assign(top, { at: top.at + 1, name: undefined });
    else if (token === ',' || token === ':') continue;
    else if (top && !top.isArray && top.name === undefined) {
      top.name = unquoted(token);
      found.set(inside(top), line);
    } else {
      const pointer = top ? inside(top) : '';
      if (!found.has(pointer)) found.set(pointer, line);
      if (token === '{' || token === '[') around.push({ pointer, isArray: token === '[', at: 0 });
    }
  }
  return found;
}

function inside({ pointer, isArray, at, name = '' }: Around): string {
  return `${pointer}/${isArray ? at : name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function unquoted(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

/** The line of a value, or of what is around it if it is missing. */
export function lineOf(found: Map<string, number>, pointer: string): number {
  for (let place = pointer; place; place = place.slice(0, place.lastIndexOf('/'))) {
    const line = found.get(place);
    if (line !== undefined) return line;
  }
  return 0;
}
