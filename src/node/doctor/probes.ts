/** Everything the node needs, in the order in which one thing stands on another. */

import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { createPublicClient } from 'viem';
import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import type { Config } from '../../config/schema.ts';
import { verifyConfig } from '../../config/verify.ts';
import { compilePolicy } from '../../policy/compile/compile-policy.ts';
import { l1Transport } from '../../settlement/l1-transport.ts';
import type { ChainFoundation } from '../development-chain.ts';
import { foldersOf } from '../folders.ts';
import type { NodeKeys } from '../keys.ts';
import { openNodeStore } from '../open-node-store.ts';
import { readFoundation } from '../read-foundation.ts';
import { createHashProbe } from './hash-probe.ts';
import { createIdentityProbes } from './identity-probe.ts';
import { createKeyProbe } from './key-probes.ts';
import { createL1Probes } from './l1-probes.ts';
import { createNodeProbe } from './node-probe.ts';
import { type Probe, well } from './probe.ts';
import { createProverProbes } from './prover-probes.ts';
import { createRootsProbe } from './roots-probe.ts';
import { createDiskProbe, createStoreProbe } from './store-probes.ts';

export interface DoctorDeps {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetch: typeof fetch;
  /** circuits/keys.json unless told otherwise. */
  readonly keyFile?: URL;
}

const l1TimeoutMs = 5_000;

export function createProbes(config: Config, { environment, clock, log, fetch, keyFile }: DoctorDeps): Probe[] {
  const folders = foldersOf(config);
  let keys: NodeKeys | undefined;
  let foundation: ChainFoundation | undefined;
  const known = <T>(value: T | undefined): T => {
    assert(value !== undefined, 'a probe ran before the one it needs');
    return value;
  };
  const keyFileOption = keyFile === undefined ? {} : { keyFile };
  const client = createPublicClient({
    transport: l1Transport(config['l1.url'], { retryCount: 0, timeout: l1TimeoutMs }),
    cacheTime: 0,
  });
  return [
    {
      name: 'configuration',
      advice: 'Change the fields named; docs/configuration.md explains each.',
      look() {
        verifyConfig(config);
        return well(`${config.mode}, data in ${folders.data}`);
      },
    },
    createKeyProbe({ config, folders, environment, onKeys: (opened) => (keys = opened) }),
    {
      name: 'policy',
      needs: ['keys'],
      advice: 'Run `privity policy check` on policy.file: it names line and column.',
      look() {
        const policy = compilePolicy(
          readFileSync(config['policy.file'], 'utf8'),
          { salt: known(keys).policySalt },
          config['policy.file'],
        );
        return well(`${policy.name} version ${policy.version}, root 0x${policy.root.toString(16)}`);
      },
    },
    {
      name: 'genesis',
      needs: ['configuration'],
      advice:
        config.mode === 'development'
          ? 'The first `privity start --dev` makes it.'
          : 'Give the published genesis file of this chain (genesisFile); chain.id and l1.bridge must be those in it.',
      look() {
        foundation = readFoundation(config, folders);
        return well(`chain ${foundation.genesis.chainId}`);
      },
    },
    createDiskProbe({ folders }),
    createHashProbe(),
    createStoreProbe({
      config,
      folders,
      open: () => openNodeStore(config, folders, { keys: known(keys), clock, log }),
    }),
    ...createL1Probes({
      config,
      client,
      clock,
      foundation: () => known(foundation),
      keys: () => known(keys),
      ...keyFileOption,
    }),
    createRootsProbe({ config, client, foundation: () => known(foundation), keys: () => known(keys) }),
    ...createIdentityProbes(config, { fetch }),
    createNodeProbe(config, { fetch }),
    ...createProverProbes({ config, folders, ...keyFileOption }),
  ];
}
