import { Command, Option } from 'commander';
import { reissueRequest, type Asked } from '../contract/request.ts';
import { startVerb } from './start.ts';

type Revocation = NonNullable<Asked<'reissueCertificate'>['revocation']>;

/** `keyturn reissue`: replaces the certificate of an identity. */
export function reissueVerb(): Command {
  const command = new Command('reissue')
    .summary('replace the certificate of an identity, and revoke the old one')
    .addOption(
      new Option('--revocation <reason>', 'why the old one is revoked, as RFC 5280 calls it')
        .choices(reissueRequest.shape.revocation.unwrap().options)
        .default('superseded' satisfies Revocation),
    );
  return startVerb<{ revocation: Revocation }>(command, (client, asks, { revocation }) =>
    client.reissue({ ...asks, revocation }),
  );
}
