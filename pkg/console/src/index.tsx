// `idpstore/console`: an admin page for a store, inside of any page.

import { render } from 'preact';

import { App } from './app.js';
import type { Language, Mount } from '../../src/console-types.js';
import { STYLE } from './style/style.js';
import { LANGUAGES } from './words/words.js';

export const mount: Mount = (element, store, options = {}) => {
  // Styles of the page around do not reach in, and ours not out.
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  root.adoptedStyleSheets = [style];
  const language = options.language ?? preferred();
  render(<App store={store} words={LANGUAGES[language]} language={language} />, root);
  return () => render(null, root);
};

function preferred(): Language {
  const wanted = navigator.languages.map((tag) => tag.split('-')[0]);
  return (wanted.find((tag) => tag !== undefined && tag in LANGUAGES) as Language | undefined) ?? 'en';
}
