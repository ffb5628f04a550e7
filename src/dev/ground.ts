import { searchAttributes } from '../contract/search-attributes.ts';
import { startEmbedded, type Embedded } from './backends/embedded.ts';
import type { TemporalBackend } from './backends/temporal.ts';

/** Where a Temporal answers: all that a playground asks of one that it did not start. */
export type TemporalAt = Pick<TemporalBackend, 'address' | 'namespace' | 'uiUrl'>;

/** The servers below a playground. Its own development server can be killed and restarted; another Temporal only has an address. */
export type Ground<Temporal extends TemporalAt = TemporalBackend> = Embedded<'openbao' | 'postgres' | 'aws'> & {
  readonly temporal: Temporal;
};

type Say = (text: string) => void;

const progress = (say: Say) => (backend: string, text: string) => say(`${backend.padEnd(9)} ${text}`);

/** Starts all servers; the web interface of Temporal asks at this endpoint for what payloads say. */
export function startGround(say: Say, uiCodecEndpoint: string): Promise<Ground> {
  return startEmbedded(['temporal', 'openbao', 'postgres', 'aws'], {
    progress: progress(say),
    temporal: { searchAttributes: attributesOfNamespace(), uiCodecEndpoint },
  });
}

/** Starts all servers but Temporal, which runs already, has Keyturn's search attributes, and goes on when these are stopped. */
export async function startGroundBeside<Temporal extends TemporalAt>(
  temporal: Temporal,
  say: Say,
): Promise<Ground<Temporal>> {
  return { ...(await startEmbedded(['openbao', 'postgres', 'aws'], { progress: progress(say) })), temporal };
}

/** Keyturn's search attributes, as a development server takes them. */
export function attributesOfNamespace(): Readonly<Record<string, 'Keyword' | 'Datetime'>> {
  const types = Object.entries(searchAttributes).map(
    ([name, type]) => [name, type === 'KEYWORD' ? 'Keyword' : 'Datetime'] as const,
  );
  return Object.fromEntries(types);
}
