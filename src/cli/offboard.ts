import { Command } from 'commander';
import { startVerb } from './start.ts';

/** `keyturn offboard`: takes an identity out of service for good. */
export function offboardVerb(): Command {
  const command = new Command('offboard').summary(
    'take an identity out of service for good, and show that all is gone',
  );
  return startVerb(command, (client, asks) => client.offboard(asks));
}

/** `keyturn offboard-owner`: does that for everything that an owner who leaves answers for. */
export function offboardOwnerVerb(): Command {
  const command = new Command('offboard-owner').summary('take everything that one owner answers for out of service');
  return startVerb(command, (client, { identity: owner, ...asks }) => client.offboardOwner({ owner, ...asks }), [
    '<owner>',
    'as the manifest names who answers for an identity',
  ]);
}
