import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { KeyRing } from './key-ring.ts';
import { EncryptionCodec } from './payload-codec.ts';

/** How clients, workers and replays turn values into payloads. Without keys they stand in clear. */
export function dataConverter(codec: KeyRing | undefined): DataConverter {
  return { ...converterPaths(codec), ...(codec ? { payloadCodecs: [new EncryptionCodec(codec)] } : {}) };
}

/** The part of it that has to be in the workflow bundle too. */
export function converterPaths(
  codec: KeyRing | undefined,
): Pick<DataConverter, 'payloadConverterPath' | 'failureConverterPath'> {
  const paths = { payloadConverterPath: neighbour('payload-converter') };
  return codec ? { ...paths, failureConverterPath: neighbour('failure-converter') } : paths;
}

/** The compiler rewrites import specifiers but not paths, and the compiled neighbour ends in `.js`. */
function neighbour(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url));
}
