import type { TemporalAt } from '../../src/dev/ground.ts';
import type { Playground } from '../../src/dev/playground.ts';
import { logIn } from '../system/log-in.ts';
import { logInToOpenBao } from '../system/log-in-to-openbao.ts';
import { useAccessKey } from './access-keys.ts';

/** Tries a credential of one of the demo's identities at its real system, without Keyturn: `accepted`, or how it was refused. */
export async function tryCredential(
  { postgres, openbao, aws }: Playground<TemporalAt>['backends'],
  identity: string,
  credential: { readonly id: string; readonly secret: string },
): Promise<string> {
  if (identity === 'backup-key') return useAccessKey(aws, credential);
  if (identity !== 'ci-approle') return logIn(postgres, credential.id, credential.secret);
  const status = await logInToOpenBao(openbao, credential.secret);
  return status === 200 ? 'accepted' : `${status}`;
}
