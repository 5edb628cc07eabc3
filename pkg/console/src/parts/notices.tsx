// What the user learns of what was done: that it failed and why, or how to take it back.

import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';

import { IdpStoreError } from '../../../src/errors.js';
import { useWords, type Words } from '../words/words.js';
import { Icon } from './icons.js';

export interface Notice {
  text: string;
  isError: boolean;
  action?: { text: string; run: () => Promise<unknown> } | undefined;
}

/** Shows notices, and runs what may fail. */
export interface Teller {
  say(text: string, action?: Notice['action']): void;
  /** What a call answers; nothing if it has failed, of which a notice is shown. */
  attempt<T>(call: () => Promise<T>): Promise<T | undefined>;
}

export const Notices = createContext<Teller>(undefined as never);

export function useTeller(): Teller {
  return useContext(Notices);
}

/** What went wrong, in words for people. */
export function reason(error: unknown): string {
  const refused = IdpStoreError.is(error) && error.response?.vendor === 'idpstore' ? error.response.body : undefined;
  if (!refused) return error instanceof Error ? error.message : String(error);
  const places = refused.violations?.map(({ pointer, reason }) => `${pointer} ${reason}`.trim()) ?? [];
  return [refused.detail ?? refused.title, ...places].join('; ');
}

/** What shows notices, and the one that is shown now. */
export function useNotices(words: Words): { teller: Teller; notice: Notice | undefined; close: () => void } {
  const [notice, setNotice] = useState<Notice>();
  const teller = useMemo<Teller>(
    () => ({
      say: (text, action) => setNotice({ text, isError: false, action }),
      attempt: async (call) => {
        try {
          const value = await call();
          setNotice((before) => (before?.isError ? undefined : before));
          return value;
        } catch (error) {
          setNotice({ text: `${words.failed}: ${reason(error)}`, isError: true });
          return undefined;
        }
      },
    }),
    [words],
  );
  return { teller, notice, close: () => setNotice(undefined) };
}

/** The notice, in regions that screen readers follow. */
export function NoticeView({ notice, close }: { notice: Notice | undefined; close: () => void }) {
  const words = useWords();
  const { attempt, say } = useTeller();
  const act = ({ run, text }: NonNullable<Notice['action']>) =>
    attempt(async () => {
      close();
      await run();
      say(words.done(text));
    });
  const shown = notice && (
    <div class={notice.isError ? 'notice failed' : 'notice'}>
      {notice.text}
      {notice.action && (
        <button class="small" onClick={() => void act(notice.action!)}>
          {notice.action.text}
        </button>
      )}
      <button class="small quiet" aria-label={words.close} onClick={close}>
        ✕
      </button>
    </div>
  );
  return (
    <div class="notices">
      <div role="status">{!notice?.isError && shown}</div>
      <div role="alert">{notice?.isError && shown}</div>
    </div>
  );
}

/** Why something cannot be shown, and what may help. */
export function Failed({ error, children }: { error: unknown; children?: ComponentChildren }) {
  return (
    <div class="empty error" role="alert">
      <Icon name="warning" />
      <p>{reason(error)}</p>
      {children}
    </div>
  );
}
