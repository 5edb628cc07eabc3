// The languages of the console.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Language } from '../../../src/console-types.js';
import { de } from './de.js';
import { en, type Words } from './en.js';

export type { Language, Words };

export const LANGUAGES: Record<Language, Words> = { en, de };

export const Texts = createContext<Words>(en);

/** The texts in the language that is shown. */
export function useWords(): Words {
  return useContext(Texts);
}
