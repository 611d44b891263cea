/** From nothing to a prover whose keys are the committed ones. */

import type { Hex } from '../../base/bytes.ts';
import { sweepWorkFolders } from '../backend/work-folder.ts';
import { proverError } from '../errors.ts';
import { DEVELOPMENT_CHAIN_ID } from '../keys/circuit-set.ts';
import { describeKeys, differencesOf } from '../keys/describe-keys.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { type BackendSettings, openBackend, openPreparedString } from '../keys/open-backend.ts';
import { prepareKeys } from '../keys/prepare-keys.ts';
import type { PrepareProgress, Prover } from '../port.ts';
import { createProver, randomField } from './create-prover.ts';

export interface PrepareProverOptions {
  readonly settings: BackendSettings;
  readonly progress: (progress: PrepareProgress) => void;
  /** circuits/keys.json unless this deployment has a key file of its own (another string). */
  readonly keyFile?: URL;
  readonly signal?: AbortSignal;
}

/**
 * Runs in the background of a starting node. Throws KEYS_MISMATCH, naming what differs, when circuits, string or binary here do not
 * reproduce the key file: proofs under other keys would be refused on L1 anyway, and a silent change of a circuit must not go unseen.
 */
export async function prepareProver({ settings, progress, keyFile, signal }: PrepareProverOptions): Promise<Prover> {
  const committed = await readKeyFile(keyFile);
  await sweepWorkFolders();
  const keys = await prepareKeys(settings, progress, signal);
  const string = await openPreparedString(settings);
  const made = describeKeys(keys, string, DEVELOPMENT_CHAIN_ID);
  const differences = differencesOf(made, committed);
  if (differences.length > 0) throw proverError('KEYS_MISMATCH', differences.join(', '));
  const backend = openBackend(settings, string);
  return createProver({ backend, keys, randomField, proofSystemId: made.proofSystemId as Hex });
}
