// Where in the console one is: the part of the URL behind `#`, so that every screen can be linked.

import { useEffect, useState } from 'preact/hooks';

/** The screens that can be chosen, with the names that their URLs have. */
export const SCREENS = ['providers', 'new', 'certificates', 'log', 'moving', 'file'] as const;
/** The screens of one record. */
const OF_RECORD = ['provider', 'rotation'] as const;

export type Screen = (typeof SCREENS)[number] | (typeof OF_RECORD)[number];

/** A screen, the record that it shows, and after which change the store is shown; without that, as it is now. */
export interface Route {
  screen: Screen;
  id: string;
  asOf?: number;
}

/** The URL of a screen, of the store as it is shown. */
export function to(screen: Screen, id = ''): string {
  return toTime(screen, id, read(location.hash).asOf);
}

/** The URL of a screen, of the store after a change or, without that, as it is now. */
export function toTime(screen: Screen, id: string, asOf: number | undefined): string {
  return `#/${screen}${id && `/${encodeURIComponent(id)}`}${asOf === undefined ? '' : `?as_of=${asOf}`}`;
}

/** Shows another screen. */
export function go(screen: Screen, id = ''): void {
  location.hash = to(screen, id);
}

function read(hash: string): Route {
  const [path = '', query] = hash.split('?');
  const [, screen = '', id = ''] = path.split('/');
  const isKnown = [...SCREENS, ...OF_RECORD].some((known) => known === screen);
  const asOf = new URLSearchParams(query).get('as_of');
  const route = { screen: isKnown ? (screen as Screen) : 'providers', id: decoded(id) } as const;
  return asOf && /^\d{1,15}$/.test(asOf) ? { ...route, asOf: Number(asOf) } : route;
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
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    // What has changed since the first drawing.
    follow();
    return () => removeEventListener('hashchange', follow);
  }, []);
  return read(hash);
}
