// The frame of the console: where one can go, and the screen that is shown.

import type { ComponentType } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { Icon, Mark } from './parts/icons.js';
import { Notices, useNotices } from './parts/notices.js';
import { Past } from './parts/past.js';
import { SCREENS, to, useRoute, type Screen } from './routes.js';
import { Certificates } from './screens/certificates.js';
import { FileScreen } from './screens/file/file.js';
import { Log } from './screens/log/log.js';
import { Moving } from './screens/moving.js';
import { NewProvider } from './screens/new/new-provider.js';
import { ProviderScreen } from './screens/provider/provider.js';
import { Providers } from './screens/providers.js';
import { RotationScreen } from './screens/rotation/rotation.js';
import { Store, type ConsoleStore } from './store.js';
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

export function App({ store, words, language }: { store: ConsoleStore; words: Words; language: Language }) {
  const { screen, id, asOf } = useRoute();
  const shown = useMemo(() => ({ store: asOf === undefined ? store : store.at(asOf), asOf }), [store, asOf]);
  const notices = useNotices(words);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // Who comes by the keyboard or with a screen reader goes on where the screen begins.
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    document.title = `${words.screens[screen]} · ${words.title}`;
  }, [screen, id]);
  const View = asOf !== undefined && OF_NOW.includes(screen) ? Providers : VIEWS[screen];
  return (
    <Store.Provider value={shown}>
      <Texts.Provider value={words}>
        <Notices.Provider value={notices}>
          <div class="console" lang={language}>
            <div class="frame">
              <Side screen={screen} words={words} isPast={asOf !== undefined} skip={() => main.current?.focus()} />
              <div>
                {asOf !== undefined && <Past number={asOf} now={store} />}
                <main ref={main} tabIndex={-1}>
                  <View key={`${screen}/${id}/${asOf}`} id={id} />
                </main>
              </div>
            </div>
            <notices.View />
          </div>
        </Notices.Provider>
      </Texts.Provider>
    </Store.Provider>
  );
}

function Side({ screen, words, isPast, skip }: { screen: Screen; words: Words; isPast: boolean; skip: () => void }) {
  const shown = SCREENS.filter((name) => !isPast || !OF_NOW.includes(name));
  const current = screen === 'provider' ? 'providers' : screen === 'rotation' ? 'certificates' : screen;
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
        {shown.map((name) => (
          <a key={name} href={to(name)} aria-current={name === current ? 'page' : undefined}>
            <Icon name={name} />
            {words.screens[name]}
          </a>
        ))}
      </nav>
    </header>
  );
}
