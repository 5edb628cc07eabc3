// The rotation of an owner's key, step by step. Where it stands is in the store, so it can be left and taken up again.

import type { Rotation } from '../../../../src/idpstore-types.js';
import { End } from '../../parts/end.js';
import { Failed } from '../../parts/notices.js';
import { Table } from '../../parts/table.js';
import { to } from '../../routes.js';
import { useCall, useLive } from '../../store.js';
import { useWords } from '../../words/words.js';
import { Finish } from './finish.js';
import { HandOver, Published, useHandedOver } from './hand-over.js';
import { Prepare } from './prepare.js';
import { Promote } from './promote.js';
import { Publish } from './publish.js';

/** What every step has: whose keys are rotated, and what they are now. */
export interface StepGiven {
  id: string;
  rotation: Rotation;
}

export function RotationScreen({ id }: { id: string }) {
  const words = useWords();
  const { value: rotation, error, isWaiting } = useLive((query) => query.rotation(id), [id]);
  const { value: owner } = useCall((store) => store.history.record(id).catch(() => undefined), [id]);
  if (error !== undefined) return <Failed error={error} />;
  if (isWaiting) return <p class="empty">{words.loading}</p>;
  if (!rotation) return <p class="empty">{words.provider.missing}</p>;
  return (
    <article>
      <div class="head">
        <div>
          <h2>{words.rotation.about}</h2>
          <p>
            {owner?.what === 'provider' ? (
              <a href={to('provider', id)} dir="auto">
                {rotation.name}
              </a>
            ) : (
              <bdi>{rotation.name}</bdi>
            )}
          </p>
        </div>
        {id !== 'tenant' && <Published of={{ id, name: rotation.name }} />}
      </div>
      <div class="stack">
        <Roles of={rotation} />
        <Steps id={id} rotation={rotation} />
      </div>
    </article>
  );
}

/** Which key has which role. */
function Roles({ of: { keys } }: { of: Rotation }) {
  const words = useWords();
  if (keys.length === 0) return <p class="card soft">{words.provider.noKey}</p>;
  return (
    <section class="card">
      <Table titles={[words.rotation.role, words.rotation.key, words.rotation.certificate, words.rotation.published]}>
        {keys.map(({ role, kid, expires, until }) => (
          <tr key={kid}>
            <th scope="row">{words.rotation.roles[role]}</th>
            <td>
              <code>{kid}</code>
            </td>
            <td>{expires && <End at={expires} />}</td>
            <td>{until && <End at={until} />}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

/** The steps in their order; which one is the next, the roles of the keys say. */
function Steps({ id, rotation }: StepGiven) {
  const words = useWords();
  const next = rotation.keys.find(({ role }) => role === 'next');
  const previous = rotation.keys.find(({ role }) => role === 'previous');
  const isRequested = rotation.requests.length > 0;
  const { value, isWaiting } = useCall(async (store) => (next ? store.keys.references(next.kid).all() : []), [next?.kid]);
  const users = isWaiting ? undefined : value;
  const [handedOver, setHandedOver] = useHandedOver(next?.kid);
  const isHandedOver = !!next && !!users && users.every((user) => handedOver.includes(user.id));
  const current = next ? (isHandedOver ? 'promote' : 'hand over') : isRequested ? 'publish' : previous ? 'finish' : 'prepare';
  const step = (name: typeof current, isDone: boolean) => ({ 'aria-current': name === current ? ('step' as const) : undefined, 'data-done': isDone || undefined });
  const done = <span class="unseen">{words.rotation.done}</span>;
  return (
    <ol class="steps">
      <li {...step('prepare', !!next || isRequested)}>
        {(!!next || isRequested) && done}
        <Prepare id={id} rotation={rotation} isDisabled={!!next || isRequested} />
      </li>
      {rotation.requests.map((request) => (
        <li key={request} {...step('publish', false)}>
          <Publish id={id} name={rotation.name} request={request} />
        </li>
      ))}
      <li {...step('hand over', isHandedOver)}>
        {isHandedOver && done}
        <HandOver kid={next?.kid} users={users ?? []} done={handedOver} setDone={setHandedOver} />
      </li>
      <li {...step('promote', !next && !!previous)}>
        {!next && !!previous && done}
        <Promote kid={next?.kid} />
      </li>
      <li {...step('finish', false)}>
        <Finish id={id} previous={next ? undefined : previous} />
      </li>
    </ol>
  );
}
