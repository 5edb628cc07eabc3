// The module with the APIs of all vendors, as the package ships it.

import { unpacked } from './inflate.js';
import { Shipped } from './module.js';

export const SHIPPED = new Shipped(
  async () => unpacked(await (await import('./inlined/idpstore.js')).gzip()),
  () => new URL('./wasm/idpstore_bg.wasm', import.meta.url),
);
