import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { KeyRing } from './key-ring.ts';
import { EncryptionCodec } from './payload-codec.ts';

/** How clients, workers and replays turn values into payloads. Without keys: Temporal's defaults, in clear. */
export function dataConverter(codec: KeyRing | undefined): DataConverter {
  if (!codec) return {};
  return { payloadCodecs: [new EncryptionCodec(codec)], failureConverterPath };
}

// The compiler rewrites import specifiers but not paths, and the compiled neighbour ends in `.js`.
const failureConverterPath = fileURLToPath(
  new URL(`./failure-converter${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);
