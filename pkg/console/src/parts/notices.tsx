// What the user learns of what was done: that it failed and why, or how to take it back.

import { createContext } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';

import type { Words } from '../words/words.js';
import { Icon } from './icons.js';

interface Notice {
  text: string;
  isError: boolean;
  action?: { text: string; run: () => Promise<unknown> } | undefined;
}

/** Says something, and runs what may fail. */
export interface Teller {
  say(text: string, action?: Notice['action']): void;
  /** What a call answers; nothing if it has failed, which is then said. */
  attempt<T>(call: () => Promise<T>): Promise<T | undefined>;
}

export const Notices = createContext<Teller>(undefined as never);

export function useTeller(): Teller {
  return useContext(Notices);
}

/** What went wrong, in a line. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The notices of one console. */
export function useNotices(words: Words): Teller & { View: () => preact.JSX.Element } {
  const [notice, setNotice] = useState<Notice>();
  const teller = useMemo<Teller>(
    () => ({
      say: (text, action) => setNotice({ text, isError: false, action }),
      attempt: async (call) => {
        try {
          setNotice(undefined);
          return await call();
        } catch (error) {
          setNotice({ text: `${words.failed}: ${reason(error)}`, isError: true });
          return undefined;
        }
      },
    }),
    [words],
  );
  const View = () => (
    <div class="notices" role={notice?.isError ? 'alert' : 'status'}>
      {notice && (
        <div class={notice.isError ? 'notice failed' : 'notice'}>
          {notice.text}
          {notice.action && (
            <button class="small" onClick={() => void teller.attempt(notice.action!.run)}>
              {notice.action.text}
            </button>
          )}
          <button class="small quiet" aria-label={words.close} onClick={() => setNotice(undefined)}>
            ✕
          </button>
        </div>
      )}
    </div>
  );
  return { ...teller, View };
}

/** Why something cannot be shown. */
export function Failed({ error }: { error: unknown }) {
  return (
    <p class="error" role="alert">
      <Icon name="warning" /> {reason(error)}
    </p>
  );
}
