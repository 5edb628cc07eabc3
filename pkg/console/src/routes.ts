// Where in the console one is: the part of the URL behind `#`, so that every screen can be linked.

import { useEffect, useState } from 'preact/hooks';

/** The screens, with the names that their URLs have. */
export const SCREENS = ['providers', 'new', 'certificates', 'log', 'moving', 'file'] as const;

export type Screen = (typeof SCREENS)[number] | 'provider' | 'rotation';

/** A screen, and the record that it shows. */
export interface Route {
  screen: Screen;
  id: string;
}

/** The URL of a screen. */
export function to(screen: Screen, id = ''): string {
  return `#/${screen}${id && `/${encodeURIComponent(id)}`}`;
}

function read(hash: string): Route {
  const [, screen = '', id = ''] = hash.split('/');
  const isKnown = [...SCREENS, 'provider', 'rotation'].includes(screen);
  return { screen: isKnown ? (screen as Screen) : 'providers', id: decoded(id) };
}

/** What was encoded; what a person has typed may be no such text. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where one is, now and after each step. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => read(location.hash));
  useEffect(() => {
    const follow = () => setRoute((before) => (to(before.screen, before.id) === location.hash ? before : read(location.hash)));
    addEventListener('hashchange', follow);
    // What has changed since the first drawing.
    follow();
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}
