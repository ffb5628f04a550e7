import { z } from 'zod';
import type { Read } from '../contract/call.ts';
import type { Sight } from './observe.ts';
import type { OpenBao } from './openbao-client.ts';
import type { PathSegments } from './path-segments.ts';

export interface Right {
  readonly path: PathSegments;
  readonly capabilities: readonly string[];
  /** What the path is, in a word or two for a person; the path itself may be long. */
  readonly name: string;
}

/**
 * Asks OpenBao what the connection's own token may do, without trying it.
 * https://openbao.org/api-docs/system/capabilities-self/
 */
export async function checkRights(bao: OpenBao, wanted: readonly Right[], call: Read): Promise<Sight> {
  const paths = wanted.map(({ path }) => path.join('/'));
  const granted = await bao.ask(['sys', 'capabilities-self'], { paths }, call);
  const parsed = z.record(z.string(), z.array(z.string())).safeParse(granted);
  if (!parsed.success) return ['unknown', 'OpenBao does not tell what the token may do'];
  const lacking = wanted.flatMap(({ path, capabilities, name }) => {
    const held = parsed.data[path.join('/')] ?? [];
    const missing = capabilities.filter((capability) => !held.includes(capability) && !held.includes('root'));
    return missing.length === 0 ? [] : [`${missing.join(', ')} on ${name}`];
  });
  if (lacking.length === 0) return ['yes', 'the token has all rights that this needs'];
  return ['no', `the token lacks: ${lacking.join('; ').slice(0, 200)}`];
}
