// The form for a token. What is typed in stays in this page's memory.

import { useState } from 'preact/hooks';

import { words } from './words.js';

/** What begins the part of a link that has the token. */
const START = '#token=';

/** The token in a text, if that is a link with one. */
export function tokenIn(text: string): string | undefined {
  const at = text.indexOf(START);
  return at < 0 ? undefined : text.slice(at + START.length).trim();
}

export function Entrance({ isRefused, enter }: { isRefused: boolean; enter: (token: string) => void }) {
  const [text, setText] = useState('');
  const token = tokenIn(text) ?? text.trim();
  return (
    <main>
      <h1>{words.title}</h1>
      <p>{words.explanation}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enter(token);
        }}
      >
        <label>
          {words.token}
          <input type="password" autocomplete="off" spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button disabled={token === ''}>{words.enter}</button>
      </form>
      <p role="alert">{isRefused && words.refused}</p>
    </main>
  );
}
