// The step between: the request goes to an authority, and its certificate comes back.

import { useState } from 'preact/hooks';

import { download, fileName } from '../../parts/download.js';
import { Icon } from '../../parts/icons.js';
import { useTeller } from '../../parts/notices.js';
import { Planned } from '../../parts/planned.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import type { StepGiven } from './rotation.js';

export function Publish({ id, rotation: { name, requests } }: StepGiven) {
  const words = useWords();
  const store = useStore();
  const { attempt, say } = useTeller();
  const [certificate, setCertificate] = useState<Uint8Array | string>('');
  const request = requests[0]!;
  const save = () => attempt(async () => download(fileName(name, 'csr'), (await store.csrs.get(id, request)).pem, 'application/pkcs10'));
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText((await store.csrs.get(id, request)).pem);
      say(words.copied);
    });
  const choose = (file: File | undefined) => file && attempt(async () => setCertificate(new Uint8Array(await file.arrayBuffer())));
  return (
    <section class="card">
      <h3>{words.rotation.publish}</h3>
      <p class="soft">{words.rotation.publishAbout}</p>
      <div class="actions">
        <button onClick={() => void save()}>
          <Icon name="download" />
          {words.rotation.saveRequest}
        </button>
        <button onClick={() => void copy()}>
          <Icon name="copy" />
          {words.copy}
        </button>
        <button class="quiet" onClick={() => void attempt(() => store.csrs.delete(id, request))}>
          {words.rotation.revoke}
        </button>
      </div>
      <label>
        {words.rotation.issued}
        <textarea
          class="code"
          rows={4}
          spellcheck={false}
          placeholder="-----BEGIN CERTIFICATE-----"
          value={typeof certificate === 'string' ? certificate : words.rotation.fromFile(certificate.length)}
          onInput={(event) => setCertificate(event.currentTarget.value)}
        />
      </label>
      <div class="actions">
        <label class="button">
          {words.new.choose}
          <input type="file" accept=".cer,.crt,.pem,.der,.p7b" onChange={(event) => void choose(event.currentTarget.files?.[0])} />
        </label>
        <Planned
          label={words.rotation.publishNow}
          look="primary"
          of={[certificate]}
          isDisabled={certificate.length === 0}
          plan={() => store.csrs.publish(id, request, { certificate }, { plan: true })}
          run={() => store.csrs.publish(id, request, { certificate })}
        />
      </div>
    </section>
  );
}
