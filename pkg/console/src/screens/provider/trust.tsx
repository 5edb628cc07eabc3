// Whom a provider trusts, and what it signs with.

import { useState } from 'preact/hooks';

import type { Plan, Provider } from '../../../../src/idpstore-types.js';
import { Act } from '../../parts/act.js';
import { Confirm } from '../../parts/confirm.js';
import { FileButton } from '../../parts/file-button.js';
import { KeyLine } from '../../parts/keys.js';
import { useTeller } from '../../parts/notices.js';
import { PlanView } from '../../parts/plan.js';
import { useIsNow, useStore } from '../../store.js';
import { useWords } from '../../words/words.js';

const CERTIFICATES = '.cer,.crt,.pem,.der,.p7b,.xml';

export function Trusts({ provider: { id, protocol, trusted_keys = [], trust_ends = {} } }: { provider: Provider }) {
  const words = useWords();
  const store = useStore();
  const isNow = useIsNow();
  const { attempt, say } = useTeller();
  const [planned, setPlanned] = useState<{ plan: Plan; run: () => Promise<unknown> }>();
  // A certificate, or the metadata of the partner, from a file.
  const choose = (file: File) =>
    attempt(async () => {
      const content = new Uint8Array(await file.arrayBuffer());
      const isMetadata = protocol.type === 'saml' && /\.xml$/i.test(file.name);
      const run = <P extends boolean>(plan: P) =>
        isMetadata ? store.metadata.import(id, { metadata: content }, { plan }) : store.providers.trust(id, { certificate: content }, { plan });
      setPlanned({ plan: (await run(true)) as Plan, run: () => run(false) });
    });
  const take = async () => {
    await planned!.run();
    setPlanned(undefined);
  };
  const drop = async (kid: string) => {
    await store.providers.distrust(id, kid);
    const [last] = (await store.history.of(id, { limit: 1 })).items;
    say(words.provider.distrusted, last && { text: words.log.undo, run: () => store.history.undo(last.number) });
  };
  return (
    <section class="card">
      <header>
        <h3>{words.provider.trusts}</h3>
        {isNow && (
          <FileButton accept={CERTIFICATES} take={choose} isSmall>
            {protocol.type === 'saml' ? words.provider.trustOrMetadata : words.provider.trust}
          </FileButton>
        )}
      </header>
      {planned && (
        <Confirm title={words.plan.title} label={words.provider.take} run={take} cancel={() => setPlanned(undefined)}>
          <PlanView plan={planned.plan} />
        </Confirm>
      )}
      {trusted_keys.length === 0 && <p class="soft">{words.provider.noTrust}</p>}
      <ul class="lines">
        {trusted_keys.map((kid) => (
          <KeyLine key={kid} kid={kid} until={trust_ends[kid]}>
            {isNow && (
              <Act run={() => drop(kid)} look="quiet" isSmall>
                {words.provider.distrust}
              </Act>
            )}
          </KeyLine>
        ))}
      </ul>
    </section>
  );
}

export function Signs({ provider: { signing_key } }: { provider: Provider }) {
  const words = useWords();
  return (
    <section class="card">
      <h3>{words.provider.signs}</h3>
      {signing_key ? (
        <ul class="lines">
          <KeyLine kid={signing_key} />
        </ul>
      ) : (
        <p class="soft">{words.provider.noKey}</p>
      )}
    </section>
  );
}
