// One provider: what it is, its keys, who is linked, and how each vendor shows it.

import type { Provider } from '../../../../src/idpstore-types.js';
import { Act } from '../../parts/act.js';
import { Icon } from '../../parts/icons.js';
import { Failed, useTeller } from '../../parts/notices.js';
import { Planned } from '../../parts/planned.js';
import { go, to } from '../../routes.js';
import { useIsNow, useLive, useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { Documents } from './documents.js';
import { Facts } from './facts.js';
import { Linked } from './linked.js';
import { Signs, Trusts } from './trust.js';

export function ProviderScreen({ id }: { id: string }) {
  const words = useWords();
  const isNow = useIsNow();
  const { value: provider, error, isWaiting } = useLive((query) => query.provider(id), [id]);
  if (error !== undefined) return <Failed error={error} />;
  if (isWaiting) return <p class="empty">{words.loading}</p>;
  if (!provider) return <p class="empty">{words.provider.missing}</p>;
  return (
    <article>
      <div class="head">
        <div>
          <h2 dir="auto">{provider.name}</h2>
          <p class="actions">
            <span class="badge">{words.kind(provider.kind)}</span>
            <span class={provider.state === 'active' ? 'badge good' : 'badge'}>{words.states[provider.state]}</span>
          </p>
        </div>
        {isNow && <Actions provider={provider} />}
      </div>
      <div class="columns">
        <div class="stack">
          <Facts provider={provider} />
          <Trusts provider={provider} />
          <Signs provider={provider} />
          <Linked provider={provider} />
        </div>
        <Documents provider={provider} />
      </div>
    </article>
  );
}

function Actions({ provider: { id, name, state, signing_key } }: { provider: Provider }) {
  const words = useWords();
  const store = useStore();
  const { say } = useTeller();
  const isActive = state === 'active';
  const remove = async () => {
    await store.providers.delete(id);
    go('providers');
    // Private keys and secrets are in no history: with them it cannot be taken back.
    const [last] = (await store.history.of(id, { limit: 1 })).items;
    const canUndo = last && (await store.history.undo(last.number, { plan: true }).then(() => true, () => false));
    say(words.provider.removed(name), canUndo ? { text: words.log.undo, run: () => store.history.undo(last.number) } : undefined);
  };
  return (
    <div class="actions">
      <Act run={() => (isActive ? store.providers.deactivate(id) : store.providers.activate(id))}>{isActive ? words.switchOff : words.switchOn}</Act>
      <a class="button" href={to('rotation', id)}>
        <Icon name="key" />
        {signing_key ? words.provider.rotate : words.provider.setUp}
      </a>
      <Planned label={words.provider.remove} look="danger" plan={() => store.providers.delete(id, { plan: true })} run={remove}>
        <p class="error">{words.provider.forGood}</p>
      </Planned>
    </div>
  );
}
