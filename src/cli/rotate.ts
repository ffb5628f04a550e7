import { Command } from 'commander';
import { startVerb } from './start.ts';

/** `keyturn rotate`: replaces the credential of an identity. */
export function rotateVerb(): Command {
  const command = new Command('rotate').summary('replace the credential of an identity');
  return startVerb(command, (client, asks) => client.rotate(asks));
}
