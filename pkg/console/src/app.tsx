// The frame of the console: where one can go, and the screen that is shown.

import type { ComponentType } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { Icon, Mark } from './parts/icons.js';
import { NoticeView, Notices, useNotices } from './parts/notices.js';
import { Past } from './parts/past.js';
import { SCREENS, to, useRoute, type Route, type Screen } from './routes.js';
import { Certificates } from './screens/certificates.js';
import { FileScreen } from './screens/file/file.js';
import { Log } from './screens/log/log.js';
import { Moving } from './screens/moving.js';
import { NewProvider } from './screens/new/new-provider.js';
import { ProviderScreen } from './screens/provider/provider.js';
import { Providers } from './screens/providers.js';
import { RotationScreen } from './screens/rotation/rotation.js';
import { Store, type ConsoleStore, type Kept } from './store.js';
import { Texts, type Language, type Words } from './words/words.js';

const VIEWS: Record<Screen, ComponentType<{ id: string }>> = {
  providers: Providers,
  provider: ProviderScreen,
  new: NewProvider,
  certificates: Certificates,
  rotation: RotationScreen,
  log: Log,
  moving: Moving,
  file: FileScreen,
};

/** The screens that only change the store: there is nothing to see in what it was. */
const OF_NOW: Screen[] = ['new', 'rotation', 'file'];
/** The entry under which a screen of one record stands. */
const UNDER: Partial<Record<Screen, Screen>> = { provider: 'providers', rotation: 'certificates' };

export function App({ store, words, language }: { store: ConsoleStore; words: Words; language: Language }) {
  const route = useRoute();
  const { id, asOf } = route;
  const screen = asOf !== undefined && OF_NOW.includes(route.screen) ? 'providers' : route.screen;
  const shown = useMemo(() => ({ store: asOf === undefined ? store : store.at(asOf), asOf, kept: new Map<string, Kept>() }), [store, asOf]);
  useEffect(() => () => shown.kept.forEach(({ end }) => end()), [shown]);
  const { teller, notice, close } = useNotices(words);
  // What can be taken back now, cannot be in what was.
  useEffect(close, [asOf]);
  const main = useRef<HTMLElement>(null);
  useTitle(words, screen);
  useBeginning(main, { screen, id, ...(asOf === undefined ? {} : { asOf }) });
  const View = VIEWS[screen];
  const view = <View key={`${screen}/${id}/${asOf}`} id={id} />;
  return (
    <Store.Provider value={shown}>
      <Texts.Provider value={words}>
        <Notices.Provider value={teller}>
          <div class="console" lang={language}>
            <div class="frame">
              <Side current={UNDER[screen] ?? screen} words={words} isPast={asOf !== undefined} skip={() => main.current?.focus()} />
              <div>
                <main ref={main} tabIndex={-1}>
                  {asOf === undefined ? view : <Past number={asOf} now={store}>{view}</Past>}
                </main>
              </div>
            </div>
            <NoticeView notice={notice} close={close} />
          </div>
        </Notices.Provider>
      </Texts.Provider>
    </Store.Provider>
  );
}

/** The page has the title of the screen, as long as the console is shown. */
function useTitle(words: Words, screen: Screen): void {
  useEffect(() => {
    const before = document.title;
    return () => {
      document.title = before;
    };
  }, []);
  useEffect(() => {
    document.title = `${words.screens[screen]} · ${words.title}`;
  }, [words, screen]);
}

/** Who uses the keyboard or a screen reader goes on at the beginning of a screen. */
function useBeginning(main: { current: HTMLElement | null }, { screen, id, asOf }: Route): void {
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [screen, id, asOf]);
}

function Side({ current, words, isPast, skip }: { current: Screen; words: Words; isPast: boolean; skip: () => void }) {
  const chosen = useRef<HTMLAnchorElement>(null);
  // In a narrow window the entries are in one line, which is longer than the window.
  useEffect(() => {
    const [entry, line] = [chosen.current, chosen.current?.parentElement];
    if (entry && line) line.scrollLeft = entry.offsetLeft - (line.clientWidth - entry.clientWidth) / 2;
  }, [current]);
  return (
    <header class="side">
      <button class="skip" onClick={skip}>
        {words.skip}
      </button>
      <div class="brand">
        <Mark />
        <h1>{words.title}</h1>
      </div>
      <nav aria-label={words.title}>
        {SCREENS.filter((name) => !isPast || !OF_NOW.includes(name)).map((name) => (
          <a key={name} ref={name === current ? chosen : null} href={to(name)} aria-current={name === current ? 'page' : undefined}>
            <Icon name={name} />
            {words.screens[name]}
          </a>
        ))}
      </nav>
    </header>
  );
}
