/** The committed keys, contract and constants belong together, and this machine reproduces them from the circuits. Guarantee G1. */

import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../../src/base/bytes.ts';
import { keccak256 } from '../../../src/chain/keccak.ts';
import { CIRCUITS_FOLDER } from '../../../src/prover/compile.ts';
import { DEVELOPMENT_CHAIN_ID, INNER_CIRCUITS } from '../../../src/prover/keys/circuit-set.ts';
import { compileVerifier } from '../../../src/prover/keys/compile-verifier.ts';
import { describeKeys, differencesOf } from '../../../src/prover/keys/describe-keys.ts';
import { proofSystemIdOf, readKeyFile, VERIFIER_URL } from '../../../src/prover/keys/key-file.ts';
import { buildKeyTree, type KeyLeaf } from '../../../src/prover/keys/key-tree.ts';
import { renderVkRoot, VK_ROOT_FILE } from '../../../src/prover/keys/make-keys.ts';
import { openPreparedString } from '../../../src/prover/keys/open-backend.ts';
import { prepareKeys } from '../../../src/prover/keys/prepare-keys.ts';
import { DEVELOPMENT_STRING_HASH } from '../../../src/prover/string/prepare-string.ts';
import { compileContracts } from '../../../src/settlement/compile-contracts.ts';
import { proverSettings } from '../prover-cache.ts';

const minutes = 60_000;
const keyFile = await readKeyFile();
const verifier = await readFile(VERIFIER_URL, 'utf8');

test('vkRoot is over the circuits listed, and is the constant in wrap', async () => {
  expect(keyFile.circuits.map(({ name, kind }) => ({ name, kind }))).toEqual(
    INNER_CIRCUITS.map(({ name, kind }) => ({ name, kind })),
  );
  const leaves = keyFile.circuits.map(({ kind, keyHash }) => ({
    kind: kind as KeyLeaf['kind'],
    keyHash: BigInt(keyHash),
  }));
  expect(BigInt(keyFile.vkRoot)).toBe(buildKeyTree(leaves).root);
  expect(await readFile(join(CIRCUITS_FOLDER, VK_ROOT_FILE), 'utf8')).toBe(renderVkRoot(BigInt(keyFile.vkRoot)));
});

test('the proof system id and the string are those of the keys', () => {
  expect(keyFile.proofSystemId).toBe(proofSystemIdOf(keyFile));
  expect(keyFile.string).toMatchObject({ source: 'development', hash: `0x${DEVELOPMENT_STRING_HASH}` });
});

test('the verifier contract has the published code hash, also as it is compiled for L1', async () => {
  const { runtimeBytecode, deployBytecode } = compileVerifier(verifier);
  expect(bytesToHex(keccak256(hexToBytes(runtimeBytecode)))).toBe(keyFile.verifier.codeHash);
  const artifact = (await compileContracts({ cacheDir: join(tmpdir(), 'privity-contracts') })).get('HonkVerifier');
  expect(artifact.deployedBytecode).toBe(runtimeBytecode);
  expect(artifact.bytecode).toBe(deployBytecode);
});

test('the contract holds the key of wrap and refuses every chain but the embedded one', () => {
  expect(verifier).toContain(`uint256 constant VK_HASH = ${keyFile.wrap.keyHash};`);
  expect(verifier).toContain(`DEVELOPMENT_CHAIN_ID = ${DEVELOPMENT_CHAIN_ID};`);
  expect(keyFile.verifier.developmentChainId).toBe(Number(DEVELOPMENT_CHAIN_ID));
});

test(
  'circuits, string and binary on this machine reproduce all of it',
  async () => {
    const stages: string[] = [];
    const keys = await prepareKeys(proverSettings, ({ stage, what }) => stages.push(`${stage} ${what}`));
    const string = await openPreparedString(proverSettings);
    expect(differencesOf(describeKeys(keys, string, DEVELOPMENT_CHAIN_ID), keyFile)).toEqual([]);
    expect(keys.verifierSource).toBe(verifier);
    expect(stages).toContain('keys segment_m');
  },
  20 * minutes,
);
