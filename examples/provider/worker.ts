import { parseArgs } from 'node:util';
import { runWorker } from '../../src/worker.ts';
import { provider } from './turnstile-key.ts';

// A worker with a provider of one's own beside the built-in ones: nothing of Keyturn's is edited.
const { values } = parseArgs({
  options: { config: { type: 'string' }, promote: { type: 'boolean', default: false } },
});
await runWorker({
  configPath: values.config,
  promote: values.promote,
  providers: { credentials: [provider] },
});
