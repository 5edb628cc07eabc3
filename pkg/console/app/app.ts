// The console as an app that can be installed: its store is in this browser, and no server is behind it.

import { openInWorker } from '../../src/worker.js';
import { mount } from '../src/index.js';
import STYLE from './app.css';

const style = new CSSStyleSheet();
style.replaceSync(STYLE);
document.adoptedStyleSheets = [style];

const element = document.querySelector<HTMLElement>('#console')!;
try {
  mount(element, await openInWorker({ persist: 'idps.redb' }));
} catch (error) {
  element.role = 'alert';
  element.textContent = String(error);
}
// Where there are none, as in a private window of Firefox, the app needs its network.
await navigator.serviceWorker?.register('offline.js');
