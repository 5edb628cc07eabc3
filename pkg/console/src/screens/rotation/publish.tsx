// The step between: the request goes to an authority, and its certificate comes back.

import { useState } from 'preact/hooks';

import { download, fileName } from '../../parts/download.js';
import { FileButton } from '../../parts/file-button.js';
import { Icon } from '../../parts/icons.js';
import { useTeller } from '../../parts/notices.js';
import { Planned } from '../../parts/planned.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

export function Publish({ id, name, request }: { id: string; name: string; request: string }) {
  const words = useWords();
  const store = useStore();
  const { attempt, say } = useTeller();
  const [text, setText] = useState('');
  const [file, setFile] = useState<{ name: string; content: Uint8Array }>();
  const certificate = file?.content ?? text;
  const save = () => attempt(async () => download(fileName(name, 'csr'), (await store.csrs.get(id, request)).pem, 'application/pkcs10'));
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText((await store.csrs.get(id, request)).pem);
      say(words.copied);
    });
  const choose = (file: File) => attempt(async () => setFile({ name: file.name, content: new Uint8Array(await file.arrayBuffer()) }));
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
        <Planned label={words.rotation.revoke} look="danger" plan={() => store.csrs.delete(id, request, { plan: true })} run={() => store.csrs.delete(id, request)}>
          <p class="error">{words.provider.forGood}</p>
        </Planned>
      </div>
      {file ? (
        <p class="actions">
          <Icon name="file" /> <bdi>{file.name}</bdi>
          <button class="small quiet" onClick={() => setFile(undefined)}>
            {words.rotation.otherFile}
          </button>
        </p>
      ) : (
        <label>
          {words.rotation.issued}
          <textarea class="code" rows={4} spellcheck={false} placeholder="-----BEGIN CERTIFICATE-----" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      )}
      <div class="actions">
        <FileButton accept=".cer,.crt,.pem,.der,.p7b" take={choose}>
          {words.new.choose}
        </FileButton>
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
