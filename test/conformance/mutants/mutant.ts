import type { CredentialPort, MintedHere, MintedThere } from '../../../src/contract/credentials.ts';
import type { Write } from '../../../src/contract/call.ts';
import type { Verdict } from '../../../src/contract/verdict.ts';
import type { RightSystem, Shape } from './right-port.ts';

/** A port that breaks one promise, and the case that must notice. */
export interface Mutant {
  /** Completes "a port that ...". */
  readonly name: string;
  /** How the name of that case begins. */
  readonly caughtBy: string;
  readonly shape: Shape;
  readonly mutate: (port: CredentialPort, system: RightSystem) => CredentialPort;
}

export const twoHere: Shape = { mint: 'home', maxLive: 2 };
export const oneHere: Shape = { mint: 'home', maxLive: 1 };
export const twoThere: Shape = { mint: 'provider', maxLive: 2 };

/** A call of the mutant's own, which nobody stops. */
export function call(): Write {
  return { signal: new AbortController().signal, operation: 'mutant' };
}

export function say(is: Verdict['is'], because = 'a mutant said so'): Verdict {
  return { is, because, at: new Date().toISOString() };
}

export function onHome(change: (mint: MintedHere, system: RightSystem) => MintedHere): Mutant['mutate'] {
  return (port, system) => ({ ...port, mint: change(port.mint as MintedHere, system) });
}

export function onInstall(change: (mint: MintedHere, system: RightSystem) => MintedHere['install']): Mutant['mutate'] {
  return onHome((mint, system) => ({ ...mint, install: change(mint, system) }));
}

export function onIssue(change: (mint: MintedThere, system: RightSystem) => MintedThere['issue']): Mutant['mutate'] {
  return (port, system) => {
    const mint = port.mint as MintedThere;
    return { ...port, mint: { ...mint, issue: change(mint, system) } };
  };
}
