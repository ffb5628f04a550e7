import { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import type { Read, Write } from '../contract/call.ts';
import type { Secret } from '../contract/secret.ts';
import { lost } from './http-exchange.ts';
import type { OpenBao } from './openbao-client.ts';
import type { PathSegments } from './path-segments.ts';

/** What OpenBao keeps of a secret id. */
export interface SecretId {
  readonly accessor: string;
  /** What its tokens carry: 16 hex digits, where it was made with them. */
  readonly mark: string | undefined;
  /** RFC 3339. */
  readonly createdAt: string;
  /** How many logins it is good for; 0: no limit. */
  readonly uses: number;
}

export interface Role {
  readonly asksSecretId: boolean;
  /** How many logins its secret ids are good for; 0: no limit. */
  readonly uses: number;
  readonly tokens: string;
}

/** The roles and secret ids of one AppRole mount. https://openbao.org/api-docs/auth/approle/ */
export interface SecretIds {
  /** Throws `not_found` where there is none. */
  role(account: string, call: Read): Promise<Role>;
  list(account: string, call: Read): Promise<readonly SecretId[]>;
  /** `undefined` for what the role has not, or no longer. */
  bySecret(account: string, secret: Secret, call: Read): Promise<SecretId | undefined>;
  byAccessor(account: string, accessor: string, call: Read): Promise<SecretId | undefined>;
  /** Returns the accessor. What is registered already is `outcome_unknown`: OpenBao answers that as it answers a failure. */
  register(account: string, secret: Secret, mark: string, call: Write): Promise<string>;
  /** What is gone is `outcome_unknown`, for the same reason. */
  destroy(account: string, accessor: string, call: Write): Promise<void>;
  readonly rolePath: (account: string, ...rest: readonly string[]) => PathSegments;
}

/** The key in a secret id's metadata, and so in that of its tokens, under which Keyturn puts its mark. */
export const markKey = 'keyturn';

export function openSecretIds(bao: OpenBao, method: PathSegments): SecretIds {
  const rolePath = (account: string, ...rest: readonly string[]) => [...method, 'role', roleName(account), ...rest];
  const byAccessor = async (account: string, accessor: string, call: Read) =>
    secretIdIn(
      await bao.ask(rolePath(account, 'secret-id-accessor', 'lookup'), { secret_id_accessor: accessor }, call),
    );
  return {
    rolePath,
    byAccessor,
    async role(account, call) {
      const found = await bao.read(rolePath(account), call);
      if (!found) throw new KeyturnError('not_found', 'OpenBao has no such role');
      const { bind_secret_id, secret_id_num_uses, token_type } = expect(roleShape, found);
      return { asksSecretId: bind_secret_id, uses: secret_id_num_uses, tokens: token_type };
    },
    async list(account, call) {
      const accessors = await bao.list(rolePath(account, 'secret-id'), call);
      const found: (SecretId | undefined)[] = [];
      // One after the other: a role has a few, and OpenBao rations requests.
      for (const accessor of accessors) found.push(await byAccessor(account, accessor, call));
      return found.filter((each) => each !== undefined);
    },
    async bySecret(account, secret, call) {
      return secretIdIn(await bao.ask(rolePath(account, 'secret-id', 'lookup'), { secret_id: secret.reveal() }, call));
    },
    async register(account, secret, mark, call) {
      const metadata = JSON.stringify({ [markKey]: mark });
      const body = { secret_id: secret.reveal(), metadata };
      const made = await bao.write(rolePath(account, 'custom-secret-id'), body, call);
      return expect(registeredShape, made, true).secret_id_accessor;
    },
    async destroy(account, accessor, call) {
      await bao.write(rolePath(account, 'secret-id-accessor', 'destroy'), { secret_id_accessor: accessor }, call);
    },
  };
}

const roleShape = z.object({
  bind_secret_id: z.boolean(),
  secret_id_num_uses: z.int(),
  token_type: z.string().default('default'),
});

const registeredShape = z.object({ secret_id_accessor: z.string().min(1) });

const secretIdShape = z.object({
  secret_id_accessor: z.string().min(1),
  creation_time: z.string(),
  secret_id_num_uses: z.int(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** To an accessor that is gone OpenBao answers 404 with a sentence where the data should be. */
function secretIdIn(found: Readonly<Record<string, unknown>> | undefined): SecretId | undefined {
  if (found === undefined || (typeof found['error'] === 'string' && Object.keys(found).length === 1)) return undefined;
  const { secret_id_accessor, creation_time, secret_id_num_uses, metadata } = expect(secretIdShape, found);
  return {
    accessor: secret_id_accessor,
    mark: /^[0-9a-f]{16}$/.exec(metadata?.[markKey] ?? '')?.[0],
    createdAt: creation_time,
    uses: secret_id_num_uses,
  };
}

function expect<Value>(shape: z.ZodType<Value>, found: unknown, changes = false): Value {
  const parsed = shape.safeParse(found);
  if (parsed.success) return parsed.data;
  throw lost({ system: 'OpenBao', changes });
}

/** OpenBao's own rule for names, besides the length. It takes upper case for lower. */
function roleName(account: string): string {
  if (/^\w([\w.-]{0,198}\w)?$/.test(account)) return account.toLowerCase();
  throw new KeyturnError('invalid_request', 'account: expected a role of 1 to 200 letters, digits and . _ -');
}
