/** The command of a dns-01 challenge: `node set-txt.ts CONTROL add|remove NAME VALUE` tells a {@link TxtServer} of a record. */
const [control = '', ...words] = process.argv.slice(2);
const { ok } = await fetch(`${control}/${encodeURIComponent(words.join(' '))}`);
process.exitCode = ok ? 0 : 1;

export type { TxtServer } from './txt-server.ts';
