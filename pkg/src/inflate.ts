// What is inside of JavaScript instead of a file of its own.

/** The bytes of a text in base64, which gzip has compressed. */
export function unpacked(base64: string): Promise<ArrayBuffer> {
  const characters = atob(base64);
  const packed = new Uint8Array(characters.length);
  // A page waits for this, and `Uint8Array.from` with a function takes much longer than a loop.
  for (let at = 0; at < packed.length; at += 1) packed[at] = characters.charCodeAt(at);
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}
