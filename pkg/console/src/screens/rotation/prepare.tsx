// The first step: a new key, with a certificate of its own or with one that an authority is to issue.

import { useState } from 'preact/hooks';

import { reason } from '../../parts/notices.js';
import { Planned } from '../../parts/planned.js';
import { KEY_KINDS } from '../../parts/templates.js';
import { useStore } from '../../store.js';
import { useWords } from '../../words/words.js';
import { useOwners } from './owners.js';
import type { StepGiven } from './rotation.js';

export function Prepare({ id, rotation: { name, keys }, isDisabled }: StepGiven & { isDisabled: boolean }) {
  const words = useWords();
  const [isRequest, setRequest] = useState(false);
  const active = keys.find(({ role }) => role === 'active');
  return (
    <section class="card">
      <h3>{words.rotation.prepare}</h3>
      <p class="soft">{words.rotation.prepareAbout}</p>
      {!isDisabled && (
        <>
          <div class="actions">
            <div class="tabs" role="group" aria-label={words.rotation.certificate}>
              <button aria-pressed={!isRequest} onClick={() => setRequest(false)}>
                {words.rotation.selfIssued}
              </button>
              <button aria-pressed={isRequest} onClick={() => setRequest(true)}>
                {words.rotation.byAuthority}
              </button>
            </div>
          </div>
          {isRequest ? <Request id={id} name={name} /> : <SelfIssued id={id} active={active?.kid} spare={keys.filter(({ role }) => role === 'spare').map(({ kid }) => kid)} />}
        </>
      )}
    </section>
  );
}

/** A spare key, or a new one whose certificate it signs itself; for all who sign with the active one, or for some of them. */
function SelfIssued({ id, active, spare }: { id: string; active: string | undefined; spare: string[] }) {
  const words = useWords();
  const store = useStore();
  const [kid, setKid] = useState('');
  const [kind, setKind] = useState('');
  const [years, setYears] = useState(2);
  const { ids, error, choice } = useOwners(id, active, (user) => user.uses.includes('signing'));
  const body = { owners: ids ?? [id], ...(kid ? { kid } : { years, ...(kind ? { key: kind } : {}) }) };
  return (
    <>
      <div class="tools">
        {spare.length > 0 && (
          <label>
            {words.rotation.key}
            <select value={kid} onChange={(event) => setKid(event.currentTarget.value)}>
              <option value="">{words.rotation.newKey}</option>
              {spare.map((kid) => (
                <option key={kid} value={kid}>
                  {words.rotation.spareKey(kid)}
                </option>
              ))}
            </select>
          </label>
        )}
        {!kid && (
          <>
            <KeyKind value={kind} set={setKind} />
            <label>
              {words.rotation.years}
              <input type="number" min={1} max={30} value={Number.isNaN(years) ? '' : years} onInput={(event) => setYears(event.currentTarget.valueAsNumber)} />
            </label>
          </>
        )}
      </div>
      {error !== undefined && <p class="error">{reason(error)}</p>}
      {choice}
      <div class="actions">
        <Planned
          label={words.rotation.prepareNow}
          look="primary"
          of={[kid, kind, years, ids?.join()]}
          isDisabled={!ids || (!kid && Number.isNaN(years))}
          plan={() => store.rotation.prepare(body, { plan: true })}
          run={() => store.rotation.prepare(body)}
        />
      </div>
    </>
  );
}

/** A key with a request for its certificate. */
function Request({ id, name }: { id: string; name: string }) {
  const words = useWords();
  const store = useStore();
  const [kind, setKind] = useState('');
  const [subject, setSubject] = useState({ CN: name, O: '', C: '' });
  const [dns, setDns] = useState('');
  const dnsNames = dns.split(/[\s,]+/).filter(Boolean);
  const body = {
    subject: Object.fromEntries(Object.entries(subject).filter(([, value]) => value)),
    ...(dnsNames.length > 0 ? { dns_names: dnsNames } : {}),
    ...(kind ? { key: kind } : {}),
  };
  return (
    <>
      <div class="tools">
        {(['CN', 'O', 'C'] as const).map((part) => (
          <label key={part} class={part === 'CN' ? 'grow' : undefined}>
            {words.rotation.subject[part]}
            <input value={subject[part]} onInput={(event) => setSubject({ ...subject, [part]: event.currentTarget.value })} />
          </label>
        ))}
        <label class="grow">
          {words.rotation.dnsNames}
          <input value={dns} onInput={(event) => setDns(event.currentTarget.value)} />
        </label>
        <KeyKind value={kind} set={setKind} />
      </div>
      <div class="actions">
        <Planned
          label={words.rotation.request}
          look="primary"
          of={[kind, subject, dns]}
          plan={() => store.csrs.create(id, body, { plan: true })}
          run={() => store.csrs.create(id, body)}
        />
      </div>
    </>
  );
}

function KeyKind({ value, set }: { value: string; set: (kind: string) => void }) {
  const words = useWords();
  return (
    <label>
      {words.rotation.kind}
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        <option value="">{words.rotation.defaultKind}</option>
        {KEY_KINDS.map((kind) => (
          <option key={kind}>{kind}</option>
        ))}
      </select>
    </label>
  );
}
