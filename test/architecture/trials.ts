import type { SourceFile } from './source-files.ts';

/** A made-up file with one import that crosses a fence, and what it is told; or one that stays inside, and is told nothing. */
export interface Trial extends SourceFile {
  readonly instead?: string;
}

type Line = readonly [path: string, text: string];

export const trials: readonly Trial[] = [
  ...crossing('contract/ is the vocabulary and imports nothing but zod: move what you need into contract/.', [
    ['src/contract/trial.ts', `import { readFile } from 'node:fs/promises';`],
    ['src/contract/trial.ts', `import type { Payload } from '@temporalio/common';`],
    ['src/contract/trial.ts', `export { fingerprintWith } from '../fingerprint.ts';`],
  ]),
  ...crossing(
    'A rule is a pure function of facts: it imports types, contract/ and hashing, and has the facts handed in.',
    [
      ['src/workflows/rules/trial.ts', `import { sleep } from '@temporalio/workflow';`],
      ['src/workflows/rules/trial.ts', `import { Journal } from '../runbook/journal.ts';`],
      ['src/workflows/rules/trial.ts', `import { rotateCredential } from '../rotate-credential.ts';`],
      ['src/workflows/rules/trial.ts', `import { poll } from '../../activities/poll.ts';`],
    ],
  ),
  ...crossing('Workflows know activities by type: `import type`, and call them through proxyActivities.', [
    ['src/workflows/trial.ts', `import { createActivities } from '../activities/index.ts';`],
    ['src/workflows/runbook/trial.ts', `import { poll, type Patience } from '../../activities/poll.ts';`],
  ]),
  ...crossing('zod stays out of the workflow bundle: `import type`, and validate in the first activity.', [
    ['src/workflows/trial.ts', `import { z } from 'zod';`],
    ['src/workflows/runbook/trial.ts', `import { identitySpec } from '../../contract/identity.ts';`],
    ['src/workflows/runbook/trial.ts', `import { gateSpec } from '../../contract/identity-fields.ts';`],
    ['src/workflows/trial.ts', `export * from '../contract/request.ts';`],
    ['src/workflows/runbook/trial.ts', `import { manifest } from '../../contract/manifest.ts';`],
  ]),
  ...crossing('Workflows import contract/ and the types of activities: reach everything else through an activity.', [
    ['src/workflows/trial.ts', `import { fingerprintWith } from '../fingerprint.ts';`],
    ['src/workflows/runbook/trial.ts', `import type { Config } from '../../config.ts';`],
    ['src/workflows/runbook/trial.ts', `import { observe } from '../../providers/observe.ts';`],
    ['src/workflows/trial.ts', `import { readChain } from '../certificates/chain.ts';`],
    ['src/workflows/trial.ts', `import { MemoryStore } from '../../test/fakes/memory-store.ts';`],
  ]),
  ...crossing('A workflow is replayed: what touches the machine or the network belongs in an activity.', [
    ['src/workflows/trial.ts', `import { createHash } from 'node:crypto';`],
    ['src/workflows/runbook/trial.ts', `const { Client } = await import('pg');`],
    ['src/workflows/runbook/trial.ts', `import { Context } from '@temporalio/activity';`],
    ['src/workflows/trial.ts', `import { msToTs } from '@temporalio/common/lib/time.js';`],
    ['src/workflows/trial.ts', `import 'side-effect';`],
  ]),
  ...crossing('Activities import contract/ and are handed the rest: add what you need to activities/world.ts.', [
    ['src/activities/trial.ts', `import { provider } from '../providers/stores/openbao-kv.ts';`],
    ['src/activities/trial.ts', `import type { Strategy } from '../workflows/rules/plan.ts';`],
    ['src/activities/trial.ts', `import { loadConfig } from '../config.ts';`],
    ['src/activities/trial.ts', `import { worldOf } from '../../test/fakes/world.ts';`],
  ]),
  ...crossing('An activity makes one command safe to repeat: what speaks to a system belongs in a provider.', [
    ['src/activities/trial.ts', `import { Client } from 'pg';`],
    ['src/activities/trial.ts', `import { Worker } from '@temporalio/worker';`],
  ]),
  ...crossing('A provider never imports another one: move what both need into a file of src/providers.', [
    ['src/providers/credentials/trial.ts', `import { provider } from './postgres-role.ts';`],
    ['src/providers/consumers/trial.ts', `import type { provider } from '../stores/openbao-kv.ts';`],
    ['src/providers/trial.ts', `import { provider } from './consumers/http.ts';`],
    ['src/providers/credentials/trial.ts', `import { provider } from '../entitlements/postgres-grants.ts';`],
    ['src/providers/entitlements/trial.ts', `import { provider } from './postgres-grants.ts';`],
  ]),
  ...crossing(
    "A provider decides nothing: it imports contract/, its vendor's SDK and the shared files of src/providers.",
    [
      ['src/providers/credentials/trial.ts', `import type { ActivityWorld } from '../../activities/world.ts';`],
      ['src/providers/stores/trial.ts', `import { mayRetire } from '../../workflows/rules/retirement.ts';`],
      ['src/providers/trial.ts', `import { loadConfig } from '../config.ts';`],
      ['src/providers/trial.ts', `import { startWorkload } from '../../test/fakes/workload.ts';`],
    ],
  ),
  ...crossing('A provider speaks to one system and knows no Temporal: what orders or repeats belongs in an activity.', [
    ['src/providers/credentials/trial.ts', `import { ApplicationFailure } from '@temporalio/common';`],
    ['src/providers/trial.ts', `import { Context } from '@temporalio/activity';`],
  ]),
  ...crossing('The command line speaks to Temporal through client.ts: add what it needs there.', [
    ['src/cli/trial.ts', `import { Client } from '@temporalio/client';`],
    ['src/cli/dev.ts', `import type { Worker } from '@temporalio/worker';`],
  ]),
  ...crossing('Only worker.ts puts activities and providers together: `import type`, or go through client.ts.', [
    ['src/cli/trial.ts', `import { strategyOf } from '../workflows/rules/plan.ts';`],
    ['src/client/trial.ts', `import { loadProviders } from '../providers/registry.ts';`],
    ['src/dev/scenes/trial.ts', `const { createActivities } = await import('../../activities/index.ts');`],
    ['src/worker/trial.ts', `import { observe } from '../providers/observe.ts';`],
    ['src/config.ts', `import { createActivities } from './activities/index.ts';`],
  ]),
  ...crossing('Only the worker loads the native library: the rest of the house makes do with @temporalio/client.', [
    ['src/client.ts', `import { NativeConnection } from '@temporalio/worker';`],
    ['src/codec/trial.ts', `import { proxyActivities } from '@temporalio/workflow';`],
    ['src/dev/trial.ts', `import { TestWorkflowEnvironment } from '@temporalio/testing';`],
  ]),
  ...crossing('dev/ is a playground and the product runs without it: move what you need out of dev/.', [
    ['src/worker.ts', `import { startEmbedded } from './dev/backends/embedded.ts';`],
    ['src/cli/trial.ts', `import { runDev } from '../dev/dev.ts';`],
    ['src/input/trial.ts', `import type { Embedded } from '../dev/backends/embedded.ts';`],
  ]),
  ...crossing('The product runs without its tests: move what you need into src/.', [
    ['src/worker.ts', `import { MemoryStore } from '../test/fakes/memory-store.ts';`],
    ['src/dev/backends/trial.ts', `import { run } from '../../../bench/run.ts';`],
    ['src/cli/dev.ts', `import { workload } from '../../examples/demo/workload.ts';`],
  ]),
  ...staying([
    ['src/contract/trial.ts', `import { z } from 'zod';`],
    ['src/contract/trial.ts', `import { name } from './identity-fields.ts';`],
    ['src/workflows/trial.ts', `import type { Activities } from '../activities/index.ts';`],
    ['src/workflows/runbook/trial.ts', `import type { IdentitySpec } from '../../contract/identity.ts';`],
    ['src/workflows/runbook/trial.ts', `import { sha256 } from '@noble/hashes/sha2.js';`],
    ['src/workflows/runbook/trial.ts', `import { condition } from '@temporalio/workflow';`],
    ['src/workflows/runbook/trial.ts', `import { decide } from '../rules/decide.ts';`],
    ['src/workflows/rules/trial.ts', `import type { Closing } from '../../activities/world.ts';`],
    ['src/workflows/rules/trial.ts', `import canonicalize from 'canonicalize';`],
    ['src/activities/trial.ts', `import { setTimeout as sleep } from 'node:timers/promises';`],
    ['src/activities/trial.ts', `import type { z } from 'zod';`],
    ['src/activities/trial.ts', `import { KeyturnError } from '../contract/errors.ts';`],
    ['src/providers/credentials/trial.ts', `import { observe } from '../observe.ts';`],
    ['src/providers/credentials/trial.ts', `import { IAMClient } from '@aws-sdk/client-iam';`],
    ['src/providers/trial.ts', `import { observe } from './observe.ts';`],
    ['src/providers/authorities/trial.ts', `import { readChain } from '../../certificates/chain.ts';`],
    ['src/cli/dev.ts', `const { runDev } = await import('../dev/dev.ts');`],
    ['src/client/trial.ts', `import type { LifecycleRecord } from '../workflows/identity-lifecycle.ts';`],
    ['src/worker.ts', `import { loadProviders } from './providers/registry.ts';`],
    ['src/worker/trial.ts', `import { Runtime } from '@temporalio/worker';`],
  ]),
];

function crossing(instead: string, lines: readonly Line[]): readonly Trial[] {
  return lines.map(([path, text]) => ({ path, text, instead }));
}

function staying(lines: readonly Line[]): readonly Trial[] {
  return lines.map(([path, text]) => ({ path, text }));
}
