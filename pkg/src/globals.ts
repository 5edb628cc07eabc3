// What all code, also that of wasm-bindgen, finds by its global name: `scripts/build.mjs` puts these in its place.

import { found } from './web.js';

export const TextDecoder = found('TextDecoder');
export const TextEncoder = found('TextEncoder');
