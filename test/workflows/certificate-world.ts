import type { ActivityWorld } from '../../src/activities/world.ts';
import { MemoryCertificates, names } from '../fakes/memory-certificates.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { fingerprint, MemoryWorld } from './memory-world.ts';

/** What such an identity has signed, as the manifest writes it. */
export const certificate = { names, lifetime: '1d' };

/** The same identity as a certificate: signed by an authority in memory, and served by the consumers. */
export class CertificateWorld extends MemoryWorld {
  declare readonly system: MemoryCertificates;
  override readonly verb = 'reissueCertificate';

  static async create(consumers: readonly string[] = ['api']): Promise<CertificateWorld> {
    const store = new MemoryStore(fingerprint);
    const system = new MemoryCertificates('db', store);
    return new CertificateWorld('overlap', consumers, { store, system, first: await system.addFirst() });
  }

  override activities(): ActivityWorld {
    return {
      ...super.activities(),
      credentials: new Map(),
      authorities: new Map([['db', this.system.authorityPort()]]),
    };
  }

  override declared(change: Record<string, unknown> = {}): Record<string, unknown> {
    return super.declared({ kind: 'certificate', certificate, ...change });
  }
}
