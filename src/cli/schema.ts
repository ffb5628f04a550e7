import { Command } from 'commander';
import { manifestJsonSchema } from '../contract/manifest.ts';
import { verb } from './session.ts';

/** `keyturn schema`: the JSON Schema of the manifest, for editors. */
export function schemaVerb(): Command {
  const command = new Command('schema').summary('print the JSON Schema of keyturn.yaml, for completion in editors');
  return verb<[], object>(command, async () => {
    process.stdout.write(`${JSON.stringify(manifestJsonSchema(), null, 2)}\n`);
  });
}
