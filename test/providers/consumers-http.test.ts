import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '../../src/contract/secret.ts';
import { provider } from '../../src/providers/consumers/http.ts';
import { describeConsumerPort, type ConsumerSystem } from '../conformance/consumers.ts';
import { describeHostileConsumerPort } from '../conformance/hostile-consumers.ts';
import { hostileWords, startHostileProxy } from '../fakes/hostile-proxy.ts';
import { faults, faultsByName, markingWrites } from '../fakes/http-faults.ts';
import { startWorkload, type Workload } from '../fakes/workload.ts';
import { worldOf } from '../fakes/world.ts';

const token = new Secret('bearer-0123456789');
const world = worldOf('http');

function portTo(baseUrl: string, fetch = world.fetch) {
  return provider.create(provider.config.parse({ baseUrl, token, timeoutMs: 300 }), { ...world, fetch });
}

function systemOf(workload: Workload, port = portTo(workload.url)): ConsumerSystem {
  const at = (target: string) => workload.at(`/${target.split('/').map(encodeURIComponent).join('/')}`);
  return {
    port,
    target: 'team/orders',
    neighbour: 'team/bystander',
    fingerprint: world.fingerprint,
    secretAt: async (target) => at(target).given?.secret,
    changesAt: async (target) => at(target).changes,
    runsOn: async (target) => at(target).running?.secret,
    secrets: [token],
    remoteWords: [hostileWords],
    close: () => workload.close(),
  };
}

describeConsumerPort({ name: 'http', open: async () => systemOf(await startWorkload()) });

describeHostileConsumerPort({
  name: 'http',
  faults,
  async open() {
    const workload = await startWorkload();
    const proxy = await startHostileProxy(workload);
    const port = portTo(
      `http://${proxy.host}:${proxy.port}`,
      markingWrites((method) => method !== 'GET'),
    );
    return {
      ...systemOf(workload, port),
      async disturb(fault) {
        await proxy.meet(fault === undefined ? undefined : faultsByName[fault]);
        await sleep(20);
      },
      async close() {
        await proxy.close();
        await workload.close();
      },
    };
  },
});
