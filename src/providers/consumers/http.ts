import type { MovedByMachine } from '../../contract/consumers.ts';
import type { Provider } from '../../contract/provider.ts';
import { observe } from '../observe.ts';
import { openWorkload, workloadConnection, type WorkloadConnection } from '../workload-client.ts';

/**
 * A workload that takes its credential over HTTP and reports the fingerprint that it runs on. `target` is a path below the
 * connection's URL, or empty.
 *
 * The three requests, all JSON: `PUT <status path>` with `{ id, secret, fingerprint }` delivers; `POST <reload path>` applies;
 * `GET <status path>` answers `{ "fingerprint": "hmac-sha256:…", "working": true }`, where `working` says that the workload used
 * the credential and was accepted. The workload keeps the fingerprint that came with the secret and reports that one.
 */
export const provider: Provider<MovedByMachine, WorkloadConnection> = {
  kind: 'http',
  config: workloadConnection,
  create: (config, world) => ({
    by: 'machine',
    deliver: async (target, credential, call) => openWorkload(config, world, target).push(credential, call),
    apply: async (target, call) => openWorkload(config, world, target).reload(call),
    verify: (target, running, call) =>
      observe(world, async () => openWorkload(config, world, target).isOn(running, call)),
    preflight: (target, call) => observe(world, async () => openWorkload(config, world, target).reports(call)),
  }),
};
