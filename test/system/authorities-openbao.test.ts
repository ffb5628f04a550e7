import type { World } from '../../src/contract/provider.ts';
import { provider } from '../../src/providers/authorities/openbao-pki.ts';
import { describeAuthorityPort, type AuthoritySystem } from '../conformance/authorities.ts';
import { describeHostileAuthorityPort } from '../conformance/hostile-authorities.ts';
import { faults } from '../fakes/http-faults.ts';
import { worldOf } from '../fakes/world.ts';
import { policies, remoteWords } from './openbao-fixture.ts';
import { startPki } from './openbao-pki-fixture.ts';

const { bao, portWith } = await startPki();

// The whole run is done with the least rights, so what preflight asks for is enough.
const token = await bao.tokenFor(policies.pki);

interface Way {
  readonly address: string;
  readonly fetch: World['fetch'];
  readonly close: () => Promise<void>;
}

const direct: Way = { address: bao.address, fetch: globalThis.fetch, close: async () => {} };

let opened = 0;

function authority({ address, fetch, close }: Way, more: object = {}): AuthoritySystem {
  opened += 1;
  return {
    port: portWith({ address, token, ...more }, { ...worldOf('pki'), fetch }),
    names: [`orders-${opened}.example.com`, `*.orders-${opened}.example.com`, '127.0.0.1'],
    refusedNames: ['orders.example.org'],
    secrets: [token],
    remoteWords: [...remoteWords, 'not allowed by this role', 'Test Root'],
    close,
  };
}

describeAuthorityPort({ name: provider.kind, open: async () => authority(direct) });

describeHostileAuthorityPort({
  name: provider.kind,
  faults,
  async open() {
    const way = await bao.hostileWay();
    return { ...authority(way, { timeoutMs: 1_500 }), disturb: way.disturb };
  },
});
