// What tabs that share a store send each other. A call takes four messages: the tab knocks, the owner of the file says
// that it is there, the tab sends the call, and the owner its answer. So a tab knows of each call whether the owner may have
// carried it out: not before it was sent.

import type { Answer, Call } from '../calls.js';

/** On the channel of all tabs with this file: one looks for the owner, one has become it, or the store has changed or was locked. */
export type Notice = { seeks: string } | { owns: string } | { changed: number } | { locked: true };

/** What a tab sends the owner, on a channel of their own. */
export type ToOwner = { to: string } & (
  | { knock: number }
  | { call: Call; id: number }
  /** The owner was too late to say that it is there. */
  | { never: number }
);

/** What the owner sends the tab. */
export type ToTab = { from: string } & (
  | { here: true }
  | { ready: number }
  | { answer: Answer }
  /** The call was not carried out: the next owner may. */
  | { again: number }
);

/** How long the owner may take to say that it is there, before a call was sent to it; in milliseconds. */
export const PATIENCE = 2000;
/** How often a tab asks whether an owner that has a call is still there, and how long it waits for that. */
export const ANSWER_PATIENCE = 10_000;
/** How long an owner that is closing waits for calls that were sent to it. */
export const LAST_PATIENCE = 200;

/** Tabs with another version of these messages do not hear each other. */
const VERSION = 1;

/** The channel of all tabs with this file. */
export function commonChannel(path: string): BroadcastChannel {
  return new BroadcastChannel(`idpstore-${VERSION}:${path}`);
}

/** The channel of one tab and the owner. */
export function ownChannel(tab: string): BroadcastChannel {
  return new BroadcastChannel(`idpstore-${VERSION}-tab:${tab}`);
}

/** The lock that a tab holds as long as it is there. */
export function tabLock(tab: string): string {
  return `idpstore-tab:${tab}`;
}
