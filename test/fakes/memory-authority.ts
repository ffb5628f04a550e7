import { chainOf, describeChain } from '../../src/certificates/chain.ts';
import { checkRequest } from '../../src/certificates/checked-request.ts';
import { judgeList } from '../../src/certificates/revocation-list.ts';
import { reasonCode } from '../../src/certificates/revocation.ts';
import type {
  AuthorityPort,
  Certificate,
  IssuedCertificate,
  RevocationReason,
} from '../../src/contract/authorities.ts';
import { isAddress, subjectNames } from '../../src/certificates/subject-names.ts';
import type { Read } from '../../src/contract/call.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import { revocationStatus } from '../../src/providers/revocation-verdict.ts';
import { SmallAuthority } from '../conformance/authorities/small-authority.ts';

/**
 * A certificate authority in memory: it really signs requests and revocation lists, and is asked for the state of a certificate in
 * the way of real ones. It signs what lies below `example.com`, and addresses.
 */
export class MemoryAuthority {
  readonly connection: string;
  /** Everything that it ever issued, in order. */
  readonly issued: IssuedCertificate[] = [];
  readonly revocations: { readonly serial: string; readonly reason: RevocationReason; readonly at: Date }[] = [];
  /** Whose signature is on its lists: another one's, after a take-over or a mistake. */
  listedBy: SmallAuthority | undefined;
  /** Hours from now at which its lists begin and end. */
  listHours = [-1, 1] as const;
  readonly #root: Promise<SmallAuthority>;

  constructor(connection: string) {
    this.connection = connection;
    this.#root = SmallAuthority.create('Memory Root');
  }

  isRevoked({ ref }: Certificate): boolean {
    return this.revocations.some(({ serial }) => serial === ref.serial);
  }

  port(): AuthorityPort {
    return {
      recordsReasons: true,
      enroll: async (request, call) => {
        heed(call);
        const { csr, names, lifetimeMs, publicKey } = await checkRequest(request);
        const before = this.#valid(publicKey)[0];
        if (before) return before;
        if (!names.every(isOurs)) throw new KeyturnError('invalid_request', 'the authority does not sign these names');
        const chain = await (await this.#root).sign(csr, { until: new Date(Date.now() + lifetimeMs) });
        const issued = describeChain(this.connection, chain);
        this.issued.push(issued);
        return issued;
      },
      find: async ({ publicKey }, call) => {
        heed(call);
        return this.#valid(publicKey);
      },
      revoke: async (certificate, reason, call) => {
        heed(call);
        chainOf(certificate);
        const { fingerprint, serial } = certificate.ref;
        if (!this.issued.some(({ ref }) => ref.fingerprint === fingerprint)) {
          throw new KeyturnError('not_found', 'the authority has issued no such certificate');
        }
        if (!this.isRevoked(certificate)) this.revocations.push({ serial, reason, at: new Date() });
      },
      status: (certificate, call) =>
        revocationStatus({ now: () => new Date() }, async () => {
          heed(call);
          const { leaf, issuer } = chainOf(certificate);
          if (!issuer) throw new KeyturnError('invalid_request', 'expected a chain that holds the issuer as well');
          const says = await judgeList(await this.list(), { leaf, issuer, now: new Date() });
          return [{ name: 'the revocation list', says }];
        }),
      preflight: async (names, call) => {
        const is = call.signal.aborted ? 'unknown' : subjectNames(names).every(isOurs) ? 'yes' : 'no';
        return { is, because: `signs these names: ${is}`, at: new Date().toISOString() };
      },
    };
  }

  async list(): Promise<Uint8Array<ArrayBuffer>> {
    const [from, until] = this.listHours.map((hours) => new Date(Date.now() + hours * 3_600_000));
    const entries = this.revocations.map(({ serial, reason, at }) => {
      return { serial: BigInt(`0x${serial}`), at, reason: reasonCode(reason) };
    });
    const root = await this.#root;
    return (this.listedBy ?? root).list({ entries, ...(from && { from }), ...(until && { until }) });
  }

  #valid(publicKey: string): IssuedCertificate[] {
    return this.issued.filter(
      (each) => each.publicKey === publicKey && !this.isRevoked(each) && Date.parse(each.notAfter) > Date.now(),
    );
  }
}

function isOurs(name: string): boolean {
  return /^(\*\.)?([a-z0-9-]+\.)*example\.com$/.test(name) || isAddress(name);
}

function heed({ signal }: Read): void {
  if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
}
