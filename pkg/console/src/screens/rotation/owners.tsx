// Those who share a key: a step of a rotation is done for all of them, but those that are left out.

import { useState } from 'preact/hooks';

import type { Reference } from '../../../../src/idpstore-types.js';
import { useCall } from '../../store.js';
import { useWords } from '../../words/words.js';

export interface Owners {
  /** The ids of all for whom the step is done; nothing as long as they are not known. */
  ids: string[] | undefined;
  error: unknown;
  /** The choice, where others share the key. */
  choice: preact.JSX.Element | null;
}

/** The owner with this id, and the others who have a key and are chosen. */
export function useOwners(id: string, kid: string | undefined, shares: (user: Reference) => boolean): Owners {
  const words = useWords();
  const { value, error, isWaiting } = useCall(async (store) => (kid ? store.keys.references(kid).all() : []), [kid]);
  // Those of another key must not be taken for those of this one.
  const users = isWaiting ? undefined : value;
  const [left, setLeft] = useState<string[]>([]);
  const others = users?.filter((user) => user.owner !== 'tenant' && user.id !== id && shares(user)) ?? [];
  const ids = users && [id, ...others.map((user) => user.id).filter((other) => !left.includes(other))];
  const choice = others.length > 0 && (
    <fieldset class="plain-set">
      <legend>{words.rotation.others}</legend>
      {others.map((user) => (
        <label key={user.id} class="check">
          <input
            type="checkbox"
            checked={!left.includes(user.id)}
            onChange={(event) => setLeft(event.currentTarget.checked ? left.filter((one) => one !== user.id) : [...left, user.id])}
          />
          <bdi>{user.name}</bdi>
        </label>
      ))}
    </fieldset>
  );
  return { ids, error, choice: choice || null };
}
