// Whether what was read once has to be read again.

import { useEffect, useState } from 'preact/hooks';

import { useStore } from '../store.js';

/** How long after a change is waited for more, in milliseconds. */
const CALM = 300;

/** Another number whenever the store has changed. */
export function useTurn(): number {
  const store = useStore();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listening = store.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setTurn((turn) => turn + 1);
      }, CALM);
    });
    return () => {
      clearTimeout(timer);
      void listening.then((end) => end(), () => {});
    };
  }, [store]);
  return turn;
}
