// The console as a server shows it at its address. The token is kept in memory alone: it is
// requested again after the page is loaded anew.

import { render } from 'preact';

import { connect } from '../../src/connect.js';
import { mount } from '../src/index.js';
import { Entrance, tokenIn } from './entrance.js';
import { requestsOf } from './requests.js';
import STYLE from './served.css';
import { LANGUAGE, words } from './words.js';

const element = (id: string) => document.getElementById(id)!;

/** Ends what is shown now. */
let leave = () => {};

/** The token in the page's URL, which then no longer has it. */
function taken(): string | undefined {
  const token = tokenIn(location.hash);
  if (token !== undefined) history.replaceState(null, '', location.pathname);
  return token;
}

/** Shows the store, if the server lets this token in, or those without one. */
async function enter(token: string | undefined): Promise<void> {
  // What no header can hold, such as a text that was cut off with `…`, is no token.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) return requestToken(true);
  leave();
  let isHere = true;
  leave = () => (isHere = false);
  const watched: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    if (response.status === 401 && isHere) requestToken(token !== undefined);
    return response;
  };
  const store = connect(location.origin, { ...(token === undefined ? {} : { token }), fetch: watched });
  // What else goes wrong the console shows by itself.
  await store.history.changes({ limit: 1 }).catch(() => {});
  const requests = isHere ? await requestsOf(watched, token) : undefined;
  if (!isHere) return;
  const unmount = mount(element('console'), requests ? Object.assign(store, { requests }) : store, { language: LANGUAGE });
  leave = () => {
    isHere = false;
    unmount();
    void store.close();
  };
}

/** Requests a token, in place of what is shown. */
function requestToken(isRefused: boolean): void {
  leave();
  render(<Entrance isRefused={isRefused} enter={(token) => void enter(token)} />, element('entrance'));
  leave = () => render(null, element('entrance'));
}

const style = new CSSStyleSheet();
style.replaceSync(STYLE);
document.adoptedStyleSheets = [style];
document.documentElement.lang = LANGUAGE;
document.title = words.title;
// A link that is opened where the console is open already. The console must not see it.
addEventListener('hashchange', () => {
  const token = taken();
  if (token !== undefined) void enter(token);
});
void enter(taken());
