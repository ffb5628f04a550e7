import { setTimeout as sleep } from 'node:timers/promises';
import { applyManifest } from './apply-manifest.ts';
import { openPlayground } from './playground.ts';

export interface DevOptions {
  /** A manifest to declare; without it, that of the demo. */
  readonly manifest?: string;
  readonly log: (line: string) => void;
}

/** `keyturn dev`: the demo's systems, a worker and a manifest, until Ctrl-C. Nothing is kept. */
export async function runDev({ manifest, log }: DevOptions): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const place = await openPlayground(log, { shop: true });
  try {
    await applyManifest(manifest ?? place.manifestPath, place.env, log);
    log(`Temporal UI:    ${place.uiUrl}`);
    log(`codec endpoint: ${place.codecUrl}`);
    log('In another terminal, to reach it:');
    for (const name of ['TEMPORAL_ADDRESS', 'KEYTURN_CONFIG', 'KEYTURN_CODEC_KEY'])
      log(`  export ${name}=${place.env[name]}`);
    log('  npm run keyturn -- rotate orders-db --reason "a try" --as you@example.com --wait');
    log('  npm run keyturn -- reissue shop-cert --reason "a try" --as you@example.com --wait');
    log('Ctrl-C stops and removes all of it.');
    await sleep(2 ** 31 - 1, undefined, { signal: stopped.signal }).catch(() => undefined);
  } finally {
    await place.stop();
  }
}
