import { Command } from 'commander';
import { verb } from './session.ts';

/** `keyturn setup`: what a namespace needs once. */
export function setupVerb(): Command {
  const command = new Command('setup').summary("register Keyturn's search attributes in the namespace; twice is once");
  return verb<[], object>(command, async (session) => {
    const registered = await (await session.client()).registerSearchAttributes();
    session.result(registered, [
      ...registered.added.map((attribute) => `registered ${attribute}`),
      ...registered.present.map((attribute) => `${attribute} is there already`),
    ]);
  });
}
