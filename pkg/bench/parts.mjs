// What each part of the module costs: the code of each crate, in bytes before compression, by the names of its
// functions, and the constants and tables of all. Functions that the compiler has merged or inlined count where they
// ended up.
import { readFileSync } from 'node:fs';

const CRATES = [
  ...['idpstore', 'redb', 'p521', 'p384', 'p256', 'primeorder', 'elliptic_curve', 'crypto_bigint', 'rsa', 'pkcs5', 'pkcs8'],
  ...['des', 'rc2', 'sha1', 'sha2', 'serde_json', 'serde_core', 'quick_xml', 'encoding_rs', 'multer', 'der', 'x509_cert'],
  ...['http', 'httpdate', 'rand_chacha', 'hashbrown', 'alloc', 'core', 'std'],
];

/** Crates and dialects with their bytes, the largest first. */
export function parts(path) {
  const { sizes, names, imports, data } = read(readFileSync(path));
  const sums = new Map();
  for (const [index, size] of sizes.entries()) {
    const part = partOf(names.get(index + imports) ?? '');
    sums.set(part, (sums.get(part) ?? 0) + size);
  }
  sums.set('constants and tables', data);
  return [...sums].sort(([, a], [, b]) => b - a);
}

/** The crate that a mangled name speaks of; code of general crates belongs to whose types it is made for. */
function partOf(name) {
  const dialect = /idpstore(?:\.\.|\d+)dialects(?:\.\.|\d+)(okta|pingone|zitadel)/.exec(name)?.[1];
  if (dialect) return `idpstore: ${dialect}`;
  return CRATES.find((crate) => new RegExp(`(^|[^a-z_])${crate}([^a-z_]|$)`).test(name)) ?? 'others';
}

/** The sizes of the functions, and their names by number. */
function read(bytes) {
  const module = { sizes: [], names: new Map(), imports: 0, data: 0 };
  const cursor = new Cursor(bytes, 8);
  while (cursor.at < bytes.length) {
    const section = cursor.byte();
    const end = cursor.number() + cursor.at;
    if (section === 10) {
      for (let left = cursor.number(); left > 0; left -= 1) module.sizes.push(cursor.skip(cursor.number()));
    } else if (section === 11) {
      module.data = end - cursor.at;
    } else if (section === 0 && cursor.text() === 'name') {
      while (cursor.at < end) names(cursor, module.names);
    }
    cursor.at = end;
  }
  // Imported functions have the first numbers, and names, too, but no code.
  module.imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === 'function').length;
  return module;
}

/** One part of the name section; that with the functions' names has the number 1. */
function names(cursor, found) {
  const part = cursor.byte();
  const end = cursor.number() + cursor.at;
  if (part === 1) {
    for (let left = cursor.number(); left > 0; left -= 1) found.set(cursor.number(), cursor.text());
  }
  cursor.at = end;
}

class Cursor {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** LEB128. */
  number() {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  skip(length) {
    this.at += length;
    return length;
  }

  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }
}
