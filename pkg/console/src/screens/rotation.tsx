// The rotation of a provider's key, step by step. Where it stands is in the store, so it can be left and taken up again.

import { useRef } from 'preact/hooks';

import type { Rotation } from '../../../src/idpstore-types.js';
import { day } from '../parts/dates.js';
import { download } from '../parts/download.js';
import { useTeller } from '../parts/notices.js';
import { to } from '../routes.js';
import { useLive, useStore } from '../store.js';
import { useWords } from '../words/words.js';

const DAY = 86_400;
const OVERLAP = 14;

export function RotationScreen({ id }: { id: string }) {
  const words = useWords();
  const found = useLive((query) => query.rotation(id), [id]);
  if (!found) return <p class="empty">{words.loading}</p>;
  const rotation = found.value;
  if (!rotation) return <p class="empty">{words.provider.missing}</p>;
  return (
    <article>
      <h2>
        {words.rotation.about}: <a href={to('provider', id)}><bdi>{rotation.name}</bdi></a>
      </h2>
      <table>
        <tbody>
          {rotation.keys.map(({ role, kid, expires, until }) => (
            <tr key={kid}>
              <th scope="row">{words.rotation.roles[role] ?? role}</th>
              <td>
                <code>{kid}</code>
              </td>
              <td>{expires && `${words.provider.expires} ${day(expires, words.language)}`}</td>
              <td>{until && day(until, words.language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Steps id={id} rotation={rotation} />
    </article>
  );
}

/** What can be done next, in the order in which it is done. */
function Steps({ id, rotation: { keys, name, requests } }: { id: string; rotation: Rotation }) {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const overlap = useRef<HTMLInputElement>(null);
  const next = keys.find(({ role }) => role === 'next');
  const previous = keys.find(({ role }) => role === 'previous');
  const owners = [id];

  const prepare = () => attempt(() => store.rotation.prepare({ owners }));
  const metadata = () => attempt(async () => download(`${name}.xml`, await store.metadata.of(id), 'application/samlmetadata+xml'));
  const promote = () => attempt(() => store.rotation.promote({ kid: next!.kid, owners, overlap: Number(overlap.current!.value) * DAY }));
  const rollBack = () => attempt(() => store.rotation.rollBack({ owners }));
  const retire = () => attempt(() => store.rotation.retire({ kid: previous!.kid, owners }));
  return (
    <ol class="steps">
      <li aria-current={!next && !previous ? 'step' : undefined}>
        <h3>{words.rotation.prepare}</h3>
        <p>{words.rotation.prepareAbout}</p>
        <button disabled={!!next} onClick={() => void prepare()}>
          {words.rotation.prepare}
        </button>
        <Certified id={id} name={name} requests={requests} isDisabled={!!next} />
      </li>
      <li aria-current={next ? 'step' : undefined}>
        <h3>{words.rotation.handOver}</h3>
        <p>{words.rotation.handOverAbout}</p>
        <button disabled={keys.length === 0} onClick={() => void metadata()}>
          {words.rotation.metadata}
        </button>
      </li>
      <li aria-current={next ? 'step' : undefined}>
        <h3>{words.rotation.promote}</h3>
        <p>{words.rotation.promoteAbout}</p>
        <label>
          {words.rotation.overlap}
          <input ref={overlap} type="number" min={0} max={3650} defaultValue={String(OVERLAP)} />
        </label>
        <button class="primary" disabled={!next} onClick={() => void promote()}>
          {words.rotation.promote}
        </button>
      </li>
      <li aria-current={previous && !next ? 'step' : undefined}>
        <h3>{words.rotation.rollBack}</h3>
        <p>{words.rotation.rollBackAbout}</p>
        <button disabled={!previous} onClick={() => void rollBack()}>
          {words.rotation.rollBack}
        </button>
        <button disabled={!previous} onClick={() => void retire()}>
          {words.rotation.retire}
        </button>
      </li>
    </ol>
  );
}

/** A key that an authority certifies: the request for it, and the certificate that it answers. */
function Certified({ id, name, requests, isDisabled }: { id: string; name: string; requests: string[]; isDisabled: boolean }) {
  const words = useWords();
  const store = useStore();
  const { attempt } = useTeller();
  const [request] = requests;
  const create = () => attempt(() => store.csrs.create(id, { subject: { CN: name } }));
  const save = () => attempt(async () => download(`${name}.csr`, (await store.csrs.get(id, request!)).pem, 'application/pkcs10'));
  const publish = (file: File | undefined) =>
    file && attempt(async () => store.csrs.publish(id, request!, { certificate: new Uint8Array(await file.arrayBuffer()) }));
  if (request === undefined) {
    return (
      <button disabled={isDisabled} onClick={() => void create()}>
        {words.rotation.request}
      </button>
    );
  }
  return (
    <p>
      {words.rotation.requested}{' '}
      <button onClick={() => void save()}>{words.rotation.saveRequest}</button>
      <label class="button">
        {words.rotation.install}
        <input type="file" accept=".cer,.crt,.pem,.p7b" onChange={(event) => void publish(event.currentTarget.files?.[0])} />
      </label>
    </p>
  );
}
