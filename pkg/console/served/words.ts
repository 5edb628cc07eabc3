// The texts of the entrance; those of the console are its own.

import type { Language } from '../../src/console-types.js';

interface Words {
  title: string;
  explanation: string;
  token: string;
  enter: string;
  refused: string;
}

const WORDS: Record<Language, Words> = {
  en: {
    title: 'Identity providers',
    explanation: 'This server requires a token: one of its own, or the one in the link that it printed when it started.',
    token: 'Token or link',
    enter: 'Continue',
    refused: 'The server does not accept this token.',
  },
  de: {
    title: 'Identitätsanbieter',
    explanation: 'Dieser Server verlangt ein Token: eines der eigenen, oder das aus dem Link, den er beim Start ausgegeben hat.',
    token: 'Token oder Link',
    enter: 'Weiter',
    refused: 'Der Server akzeptiert dieses Token nicht.',
  },
};

/** The language of the browser, if there are words in it. */
export const LANGUAGE = (navigator.languages.map((tag) => tag.split('-')[0]).find((tag) => tag! in WORDS) ?? 'en') as Language;

export const words = WORDS[LANGUAGE];
