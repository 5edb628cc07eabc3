// How a store is opened in this thread.

import { builtin } from './builtin.js';
import { LocalCore, type Core } from './core.js';
import { hasOpfs, plainPath } from './opfs.js';
import { settings, type OpenOptions } from './options.js';
import { RemoteCore } from './remote.js';
import { Tabs } from './tabs/tabs.js';

/** Opens a store; a file of the browser is shared with other tabs, before whose calls `before` is called. */
export async function openCore(options: OpenOptions, before?: () => Promise<void>): Promise<Core> {
  const { place } = settings(options);
  if (!place || place.exclusive || builtin('node:fs') || !hasOpfs()) return LocalCore.open(options);
  return new RemoteCore(await Tabs.open(plainPath(String(place.path)), options, before));
}
