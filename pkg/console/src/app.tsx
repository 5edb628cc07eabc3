// The frame of the console: where one can go, and the screen that is shown.

import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { Notices, useNotices } from './parts/notices.js';
import { SCREENS, to, useRoute, type Screen } from './routes.js';
import { Certificates } from './screens/certificates.js';
import { FileScreen } from './screens/file.js';
import { Log } from './screens/log.js';
import { Moving } from './screens/moving.js';
import { NewProvider } from './screens/new-provider.js';
import { ProviderScreen } from './screens/provider.js';
import { Providers } from './screens/providers.js';
import { RotationScreen } from './screens/rotation.js';
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

export function App({ store, words, language }: { store: ConsoleStore; words: Words; language: Language }) {
  const { screen, id } = useRoute();
  const notices = useNotices(words);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // Who comes by the keyboard or with a screen reader goes on where the screen begins.
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [screen, id]);
  const View = VIEWS[screen];
  return (
    <Store.Provider value={store}>
      <Texts.Provider value={words}>
        <Notices.Provider value={notices}>
          <div class="console" lang={language}>
            <header>
              <button class="skip" onClick={() => main.current?.focus()}>
                {words.skip}
              </button>
              <h1>{words.title}</h1>
              <nav aria-label={words.title}>
                {SCREENS.map((name) => (
                  <a key={name} href={to(name)} aria-current={name === screen ? 'page' : undefined}>
                    {words.screens[name]}
                  </a>
                ))}
              </nav>
            </header>
            <main ref={main} tabIndex={-1}>
              <View key={`${screen}/${id}`} id={id} />
            </main>
            <notices.View />
          </div>
        </Notices.Provider>
      </Texts.Provider>
    </Store.Provider>
  );
}
