import { parseArgs } from 'node:util';
import { KeyturnError } from '../contract/errors.ts';
import { applyManifest } from './apply-manifest.ts';
import { Narrator } from './narrator.ts';
import { openPlayground, type Playground } from './playground.ts';
import { accessKeyScene } from './scenes/access-key.ts';
import { certificateScene } from './scenes/certificate.ts';
import { compromiseScene } from './scenes/compromise.ts';
import { databaseScene } from './scenes/database.ts';
import { offboardScene } from './scenes/offboard.ts';

type Scene = (place: Playground, narrator: Narrator, yes: boolean) => Promise<boolean>;

const scenes: Readonly<Record<string, Scene>> = {
  database: databaseScene,
  'access-key': accessKeyScene,
  compromise: compromiseScene,
  certificate: certificateScene,
  offboard: offboardScene,
};
/** What is played where no scene is named: a minute of it. */
const usual = ['database', 'access-key'];

interface Wishes {
  readonly yes: boolean;
  readonly keep: boolean;
  readonly scenes: readonly Scene[];
}

function readWishes(): Wishes {
  const { values } = parseArgs({
    options: {
      yes: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      scene: { type: 'string', multiple: true },
    },
  });
  const names = values.scene ?? usual;
  const unknown = names.find((name) => !Object.hasOwn(scenes, name));
  if (unknown !== undefined) {
    throw new KeyturnError(
      'invalid_request',
      `--scene: there is no scene "${unknown}"`,
      `the scenes are ${Object.keys(scenes).join(', ')}`,
    );
  }
  return { yes: values.yes, keep: values.keep, scenes: names.map((name) => scenes[name]!) };
}

async function play({ yes, keep, scenes: chosen }: Wishes, narrator: Narrator): Promise<boolean> {
  narrator.title('Keyturn demo: real Temporal, OpenBao, PostgreSQL and an AWS IAM API, on this machine alone');
  const place = await openPlayground((text) => narrator.say(text), { shop: chosen.includes(certificateScene) });
  const interrupted = async () => {
    await place.stop();
    process.exit(130);
  };
  process.once('SIGINT', () => void interrupted());
  process.once('SIGTERM', () => void interrupted());
  try {
    await applyManifest(place.manifestPath, place.env, (line) => narrator.say(`apply     ${line}`));
    let kept = true;
    for (const scene of chosen) kept = (await scene(place, narrator, yes)) && kept;
    if (keep) await lookAround(place, narrator);
    return kept;
  } finally {
    await place.stop();
    narrator.say('everything that was started is stopped and removed');
  }
}

async function lookAround({ uiUrl, env }: Playground, narrator: Narrator): Promise<void> {
  narrator.title('All of it stays up until Ctrl-C');
  narrator.facts([
    ['Temporal UI', uiUrl],
    ...Object.entries(env).map(
      ([name, value]) => [name, /KEY$|TOKEN|PASSWORD|SECRET/.test(name) ? '(in the worker)' : value] as const,
    ),
  ]);
  await new Promise(() => {});
}

const narrator = new Narrator();
try {
  process.exitCode = (await play(readWishes(), narrator)) ? 0 : 1;
} catch (error) {
  const known =
    error instanceof KeyturnError
      ? error
      : new KeyturnError('unavailable', error instanceof Error ? error.message : 'the demo failed');
  process.stderr.write(`keyturn: ${known.message}\n${known.hint ? `hint: ${known.hint}\n` : ''}`);
  process.exitCode = known.code === 'invalid_request' ? 2 : 3;
}
