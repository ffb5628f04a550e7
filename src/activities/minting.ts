import type { CertificateSpec } from '../contract/identity.ts';
import type { Command } from './held.ts';

/** Names one attempt at one new credential. */
export interface Minting extends Command {
  readonly connection: string;
  readonly account: string;
  /** What is to be signed, where the connection is an authority. */
  readonly certificate?: CertificateSpec;
}
