import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCustomCommon, Hardfork, Mainnet } from '@ethereumjs/common';
import { createEVM } from '@ethereumjs/evm';
import { describe, expect, test } from 'vitest';
import { type Hex, hexToBytes } from '../../../src/base/bytes.ts';
import { CIRCUIT_KIND, VK_TREE_DEPTH } from '../../../src/chain/constants.ts';
import { merkleRootOf } from '../../../src/chain/merkle.ts';
import { compileVerifier } from '../../../src/prover/keys/compile-verifier.ts';
import { differencesOf, type KeyIdentities } from '../../../src/prover/keys/describe-keys.ts';
import { type KeyFile, proofSystemIdOf, readKeyFile } from '../../../src/prover/keys/key-file.ts';
import { buildKeyTree } from '../../../src/prover/keys/key-tree.ts';
import { verifierSource } from '../../../src/prover/keys/verifier-source.ts';
import { IGNITION_G2 } from '../../../src/prover/string/ignition-g2.ts';
import { G2_GENERATOR } from '../../../src/prover/string/points.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const word = (digit: string) => `0x${digit.repeat(64)}`;
const circuit = { circuitHash: word('1'), gates: 5, keyHash: word('2') };
const body = {
  statementVersion: 1,
  bbVersion: '5.0.0',
  string: { source: 'development' as const, points: 9, hash: word('3') },
  circuits: [
    { name: 'segment_xs', kind: 1, ...circuit },
    { name: 'merge', kind: 4, ...circuit, keyHash: word('4') },
  ],
  vkRoot: word('5'),
  wrap: circuit,
  verifier: { codeHash: word('6'), developmentChainId: 31_337 },
};
const keyFile: KeyFile = { ...body, proofSystemId: proofSystemIdOf(body) };

describe('vkRoot', () => {
  const leaves = [
    { kind: CIRCUIT_KIND.SEGMENT, keyHash: 5n },
    { kind: CIRCUIT_KIND.SEAL, keyHash: 5n },
    { kind: CIRCUIT_KIND.MERGE, keyHash: 7n },
  ];
  const tree = buildKeyTree(leaves);

  test('binds key, kind and position of every circuit', () => {
    const changed = [
      [{ ...leaves[0]!, keyHash: 6n }, leaves[1]!, leaves[2]!],
      [{ ...leaves[0]!, kind: CIRCUIT_KIND.FACTS }, leaves[1]!, leaves[2]!],
      [leaves[1]!, leaves[0]!, leaves[2]!],
      leaves.slice(0, 2),
    ];
    const roots = new Set([tree, ...changed.map(buildKeyTree)].map(({ root }) => root));
    expect(roots.size).toBe(5);
  });

  test('has the depth of the circuits, and a bound', () => {
    expect(tree.depth).toBe(VK_TREE_DEPTH);
    expect(() => buildKeyTree(Array.from({ length: 17 }, () => leaves[0]!))).toThrow();
    expect(merkleRootOf(0n, 3, tree.siblings(3))).toBe(tree.root);
  });
});

describe('the key file', () => {
  test('reads back', async () => {
    const path = join(await temporaryFolder(), 'keys.json');
    await writeFile(path, JSON.stringify(keyFile));
    expect(await readKeyFile(pathToFileURL(path))).toEqual(keyFile);
  });

  test.each([
    ['not there', undefined],
    ['no JSON', '{'],
    ['a hash too short', JSON.stringify({ ...keyFile, vkRoot: '0x12' })],
    ['an unknown field', JSON.stringify({ ...keyFile, skipChecks: true })],
    ['no circuits', JSON.stringify({ ...keyFile, circuits: [] })],
  ])('is refused when it is %s', async (_, text) => {
    const path = join(await temporaryFolder(), 'keys.json');
    if (text !== undefined) await writeFile(path, text);
    await expect(readKeyFile(pathToFileURL(path))).rejects.toThrow('KEYS_INVALID');
  });

  test('shows every difference by name', () => {
    const made = keyFile as KeyIdentities;
    expect(differencesOf(made, keyFile)).toEqual([]);
    const changes: [Partial<KeyFile>, string][] = [
      [{ statementVersion: 2 }, 'statement version'],
      [{ bbVersion: '6' }, 'binary'],
      [{ string: { ...keyFile.string, hash: word('9') } }, 'string'],
      [{ vkRoot: word('9') }, 'vkRoot'],
      [{ wrap: { ...circuit, keyHash: word('9') } }, 'key of wrap'],
      [{ wrap: { ...circuit, circuitHash: word('9') } }, 'opcodes of wrap'],
      [{ verifier: { codeHash: word('9'), developmentChainId: 31_337 } }, 'verifier bytecode'],
      [{ verifier: { codeHash: word('6') } }, 'verifier chain'],
      [{ proofSystemId: word('9') }, 'proof system id'],
      [{ circuits: keyFile.circuits.slice(0, 1) }, 'number of circuits'],
      [{ circuits: keyFile.circuits.with(1, { ...keyFile.circuits[1]!, keyHash: word('9') }) }, 'key of merge'],
      [{ circuits: keyFile.circuits.with(1, { ...keyFile.circuits[1]!, circuitHash: word('9') }) }, 'opcodes of merge'],
      [{ circuits: keyFile.circuits.with(1, { ...keyFile.circuits[1]!, kind: 3 }) }, 'kind of merge'],
      [{ circuits: keyFile.circuits.with(1, { ...keyFile.circuits[1]!, name: 'x' }) }, 'name of circuit 1'],
    ];
    for (const [change, name] of changes) expect(differencesOf(made, { ...keyFile, ...change })).toContain(name);
  });

  test('the proof system id depends on binary, string, vkRoot and wrap key', () => {
    const ids = [
      body,
      { ...body, bbVersion: '5.0.1' },
      { ...body, string: { ...body.string, hash: word('7') } },
      { ...body, vkRoot: word('7') },
      { ...body, wrap: { ...body.wrap, keyHash: word('7') } },
    ].map(proofSystemIdOf);
    expect(new Set(ids).size).toBe(5);
  });
});

describe('the verifier source', () => {
  const [x, y] = [IGNITION_G2.x, IGNITION_G2.y].map(([real, imaginary]) =>
    [imaginary, real].map((limb) => `0x${limb.toString(16).padStart(64, '0')}`),
  ) as [string[], string[]];
  const template = `
pragma solidity ^0.8.27;
interface IVerifier { function g2() external view returns (uint256[4] memory); }
contract HonkVerifier is IVerifier {
    constructor() {}
    function g2() public view override returns (uint256[4] memory) { return [uint256(${x[0]}), ${x[1]}, ${y[0]}, ${y[1]}]; }
}`;

  async function deploy(bytecode: Hex, chainId: number) {
    const common = createCustomCommon({ chainId }, Mainnet, { hardfork: Hardfork.Cancun });
    const { execResult } = await (await createEVM({ common })).runCall({
      data: hexToBytes(bytecode),
      gasLimit: 10_000_000n,
    });
    return execResult;
  }

  test('of the development string can be deployed on its one chain alone', async () => {
    const source = verifierSource({ template, g2: G2_GENERATOR, developmentChainId: 31_337n });
    expect(source).toContain('DEVELOPMENT ONLY');
    const { deployBytecode, runtimeBytecode } = compileVerifier(source);
    const there = await deploy(deployBytecode, 31_337);
    expect(there.exceptionError).toBeUndefined();
    expect(Buffer.from(there.returnValue).toString('hex')).toBe(runtimeBytecode.slice(2));
    for (const chainId of [1, 11_155_111, 31_338])
      expect((await deploy(deployBytecode, chainId)).exceptionError).toBeDefined();
  });

  test('of another string can be deployed anywhere', async () => {
    const source = verifierSource({ template, g2: G2_GENERATOR, developmentChainId: undefined });
    expect(source).not.toContain('DEVELOPMENT');
    expect((await deploy(compileVerifier(source).deployBytecode, 1)).exceptionError).toBeUndefined();
  });

  test('pairs with our secret and no longer with the one built in', () => {
    const source = verifierSource({ template, g2: G2_GENERATOR, developmentChainId: undefined });
    for (const limb of [...x, ...y]) expect(source).not.toContain(limb);
    expect(source).toContain('0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2');
  });

  test.each([
    ['without the built-in point', (t: string) => t.replace(x[0]!, '0x01')],
    ['with it twice', (t: string) => `${t}// ${y[1]}`],
    ['without its constructor', (t: string) => t.replace('constructor() {}', '')],
    ['with two constructors', (t: string) => `${t}// constructor() {}`],
    ['with another contract', (t: string) => t.replace('HonkVerifier', 'Other')],
  ])('of a template %s is not made', (_, change) => {
    const options = { template: change(template), g2: G2_GENERATOR, developmentChainId: 31_337n };
    expect(() => verifierSource(options)).toThrow('VERIFIER_TEMPLATE');
  });

  test('that does not compile is an error', () => {
    expect(() => compileVerifier('contract HonkVerifier { nonsense }')).toThrow('VERIFIER_TEMPLATE');
    expect(() => compileVerifier('pragma solidity ^0.8.27; contract Other {}')).toThrow();
  });
});
