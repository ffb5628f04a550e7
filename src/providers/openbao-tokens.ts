import { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import type { Read, Write } from '../contract/call.ts';
import type { OpenBao } from './openbao-client.ts';

/** What OpenBao keeps of a token. Its metadata come from the login: the role, and the metadata of the secret id. */
export interface TokenOrigin {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const originShape = z.object({ path: z.string(), meta: z.record(z.string(), z.string()).nullish() });
const inParallel = 16;

/**
 * The accessors of all living tokens that `isWanted` picks. OpenBao has no search, so this asks for every token of the
 * namespace, sixteen at a time. https://openbao.org/api-docs/auth/token/#list-accessors
 */
export async function findTokens(
  bao: OpenBao,
  isWanted: (origin: TokenOrigin) => boolean,
  call: Read,
): Promise<readonly string[]> {
  const accessors = await bao.list(['auth', 'token', 'accessors'], call);
  const found: string[] = [];
  for (let at = 0; at < accessors.length; at += inParallel) {
    const some = accessors.slice(at, at + inParallel);
    const origins = await Promise.all(some.map((accessor) => originOf(bao, accessor, call)));
    found.push(...some.filter((_, index) => origins[index] && isWanted(origins[index])));
  }
  return found;
}

/** Ends a token and its children. Ending the ended resolves. */
export async function endToken(bao: OpenBao, accessor: string, call: Write): Promise<void> {
  await bao.write(['auth', 'token', 'revoke-accessor'], { accessor }, call).catch(unlessGone);
}

async function originOf(bao: OpenBao, accessor: string, call: Read): Promise<TokenOrigin | undefined> {
  const found = await bao.ask(['auth', 'token', 'lookup-accessor'], { accessor }, call).catch(unlessGone);
  const origin = originShape.safeParse(found);
  return origin.success ? { path: origin.data.path, metadata: origin.data.meta ?? {} } : undefined;
}

/** To an accessor whose token has ended meanwhile OpenBao says that the request is invalid. */
function unlessGone(error: unknown): undefined {
  if (error instanceof KeyturnError && error.code === 'invalid_request') return undefined;
  throw error;
}
