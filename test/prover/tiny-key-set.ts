/** A key set of merge, wrap and one tiny circuit in place of segments and seal: real recursion without real batches. */

import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CIRCUIT_KIND } from '../../src/chain/constants.ts';
import type { Backend, CircuitFile } from '../../src/prover/backend/backend.ts';
import { toCircuitFile } from '../../src/prover/backend/circuit-file.ts';
import { CIRCUIT_SOURCES, CIRCUITS_FOLDER, type CircuitSource, compileCircuit } from '../../src/prover/compile.ts';
import { DEVELOPMENT_CHAIN_ID } from '../../src/prover/keys/circuit-set.ts';
import { type KeySet, makeKeys } from '../../src/prover/keys/make-keys.ts';
import { openBackend, openPreparedString } from '../../src/prover/keys/open-backend.ts';
import { cacheDirectory, proverSettings } from './prover-cache.ts';

const inner: CircuitSource = { ...CIRCUIT_SOURCES.merge, folder: 'inner' };

export interface TinyKeySet {
  readonly backend: Backend;
  /** `seal` and `segment_xs` are the same tiny circuit under two kinds. */
  readonly keys: KeySet;
  /** A circuit with the same public inputs that is not under vkRoot. */
  readonly outsider: CircuitFile;
}

export async function makeTinyKeySet(): Promise<TinyKeySet> {
  const backend = openBackend(proverSettings, await openPreparedString(proverSettings));
  const circuitsFolder = await mkdtemp(join(tmpdir(), 'privity-tiny-circuits-'));
  try {
    for (const folder of ['lib', 'merge', 'wrap'])
      await symlink(join(CIRCUITS_FOLDER, folder), join(circuitsFolder, folder));
    for (const folder of ['inner', 'outsider']) {
      await symlink(fileURLToPath(new URL(`./circuits/${folder}`, import.meta.url)), join(circuitsFolder, folder));
    }
    const keys = await makeKeys({
      backend,
      cacheDirectory,
      circuits: [
        { name: 'segment_xs', kind: CIRCUIT_KIND.SEGMENT, source: inner },
        { name: 'seal', kind: CIRCUIT_KIND.SEAL, source: inner },
        { name: 'merge', kind: CIRCUIT_KIND.MERGE, source: CIRCUIT_SOURCES.merge },
      ],
      wrap: CIRCUIT_SOURCES.wrap,
      circuitsFolder,
      developmentChainId: DEVELOPMENT_CHAIN_ID,
      progress: () => {},
    });
    const { circuit } = await compileCircuit(
      { ...inner, folder: 'outsider' },
      { cacheFolder: cacheDirectory, circuitsFolder },
    );
    return { backend, keys, outsider: await toCircuitFile('outsider', circuit, cacheDirectory) };
  } finally {
    await rm(circuitsFolder, { recursive: true, force: true });
  }
}
