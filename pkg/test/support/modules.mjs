// The WebAssembly module, as a machine with little memory would have it.
import { readFileSync } from 'node:fs';

const PAGE = 2 ** 16;
const MEMORY_SECTION = 5;

/** The package's module, whose memory ends after so many bytes: what needs more crashes as it would at 4 GiB. */
export function withMemoryOf(bytes) {
  const module = readFileSync(new URL(import.meta.resolve('idpstore/idpstore.wasm')));
  let offset = 8;
  for (;;) {
    const section = module[offset];
    const [size, start] = number(module, offset + 1);
    if (section === MEMORY_SECTION) {
      // One memory, of which only the least size is declared.
      const [least] = number(module, start + 2);
      const content = [1, 1, ...leb128(least), ...leb128(bytes / PAGE)];
      const rest = module.subarray(start + size);
      return Buffer.concat([module.subarray(0, offset), Buffer.from([MEMORY_SECTION, ...leb128(content.length), ...content]), rest]);
    }
    offset = start + size;
  }
}

/** The number at an offset, and where it ends. */
function number(bytes, offset) {
  let value = 0;
  for (let shift = 0; ; shift += 7, offset += 1) {
    value |= (bytes[offset] & 0x7f) << shift;
    if (bytes[offset] < 0x80) return [value, offset + 1];
  }
}

function leb128(value) {
  const bytes = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
