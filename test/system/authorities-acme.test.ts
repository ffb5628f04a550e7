import type { World } from '../../src/contract/provider.ts';
import { provider } from '../../src/providers/authorities/acme.ts';
import { describeAuthorityPort, type AuthoritySystem } from '../conformance/authorities.ts';
import { describeHostileAuthorityPort } from '../conformance/hostile-authorities.ts';
import { faults } from '../fakes/http-faults.ts';
import { worldOf } from '../fakes/world.ts';
import { startAcme, urlOf } from './acme-fixture.ts';
import { remoteWords } from './openbao-fixture.ts';

const { bao, accountKey, portWith } = await startAcme();

let opened = 0;

function authority(fetch: World['fetch'], close: () => Promise<void>, more: object = {}): AuthoritySystem {
  opened += 1;
  const name = `orders-${opened}.example.com`;
  return {
    port: portWith(more, { ...worldOf('acme'), fetch }),
    names: [name, `*.${name}`],
    refusedNames: ['orders.example.org'],
    // The most that the role allows: who speaks ACME is not asked.
    lifetimeMs: 72 * 3_600_000,
    secrets: [accountKey],
    remoteWords: [...remoteWords, 'urn:ietf', 'Test Root'],
    close,
  };
}

describeAuthorityPort({ name: provider.kind, open: async () => authority(globalThis.fetch, async () => {}) });

describeHostileAuthorityPort({
  name: provider.kind,
  faults,
  async open() {
    const way = await bao.hostileWay();
    // A directory names URLs, and these are the server's own whatever way leads there.
    const fetch: World['fetch'] = (input, init) => way.fetch(urlOf(input).replace(bao.address, way.address), init);
    const system = authority(fetch, way.close, { timeoutMs: 1_500 });
    // Each name takes OpenBao a second.
    return { ...system, names: system.names.slice(0, 1), disturb: way.disturb };
  },
});
