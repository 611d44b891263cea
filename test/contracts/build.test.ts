import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ABI_MODULES } from '../../contracts/scripts/abi-modules.ts';
import { solidityConstants } from '../../contracts/scripts/solidity-constants.ts';
import { type ContractArtifacts, compileContracts, type StorageSlot } from '../../src/settlement/compile-contracts.ts';
import { expectSnapshot } from './snapshot.ts';
import { ABIS, artifactsOfTests } from './stage.ts';

const CONTRACTS = ['PrivityChain', 'PrivityBridge', 'PolicyGovernor', 'VerifierRegistry', 'PrivityProxy'] as const;
/** EIP-170. */
const CODE_BYTES_MAX = 24_576;

let artifacts: ContractArtifacts;
beforeAll(async () => {
  artifacts = await artifactsOfTests();
});

describe('what is generated is what is committed', () => {
  test('Constants.sol is made of src/chain/constants.ts', async () => {
    expect(await readFile(new URL('../../contracts/src/Constants.sol', import.meta.url), 'utf8')).toBe(
      solidityConstants(),
    );
  });

  test.each([
    ['PrivityChain', ABIS.chain],
    ['PrivityBridge', ABIS.bridge],
    ['PolicyGovernor', ABIS.governor],
    ['VerifierRegistry', ABIS.verifiers],
  ] as const)('the ABI module of %s is that of the compiled contract', (name, abi) => {
    expect(Object.keys(ABI_MODULES)).toContain(name);
    expect(abi).toEqual(artifacts.get(name).abi);
  });

  test('the size of each contract', () => {
    const sizes = Object.fromEntries(
      CONTRACTS.map((name) => [name, (artifacts.get(name).deployedBytecode.length - 2) / 2]),
    );
    for (const size of Object.values(sizes)) expect(size).toBeLessThanOrEqual(CODE_BYTES_MAX);
    expectSnapshot('bytecode-size', sizes);
  });

  test('the storage layout of each contract: an upgrade must not move what is stored', () => {
    const line = ({ label, slot, offset, type }: StorageSlot) => `${slot}+${offset} ${label}: ${type}`;
    const layout = CONTRACTS.map((name) => {
      const { storage, storedStructs } = artifacts.get(name);
      const structs = Object.entries(storedStructs).map(([type, members]) => [type, members.map(line)]);
      return [name, { slots: storage.map(line), structs: Object.fromEntries(structs) }];
    });
    expectSnapshot('storage-layout', Object.fromEntries(layout));
  });
});

describe('the tree', () => {
  test('holds no contract with a `verify` of its own but the generated one (G1)', async () => {
    const dir = new URL('../../contracts/src/', import.meta.url);
    const files = (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.sol'));
    const withVerify: string[] = [];
    for (const file of files) {
      if (/function\s+verify\s*\(/.test(await readFile(new URL(file, dir), 'utf8'))) withVerify.push(file);
    }
    expect(files.length).toBeGreaterThan(10);
    expect(withVerify.filter((file) => !file.startsWith('generated/'))).toEqual(['interfaces/IVerifier.sol']);
  });
});

describe('the compiler', () => {
  const source = (body: string) => `// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.30;\n${body}\n`;
  async function inFolder<T>(body: string, act: (dir: string) => Promise<T>): Promise<T> {
    const dir = await mkdtemp(join(tmpdir(), 'privity-solc-'));
    try {
      await writeFile(join(dir, 'A.sol'), source(body));
      return await act(dir);
    } finally {
      await rm(dir, { recursive: true });
    }
  }
  const compileIn = (dir: string) => compileContracts({ cacheDir: join(dir, 'cache'), sourceDir: dir });

  test('keeps results by the hash of the sources, and compiles again when one changes', async () => {
    await inFolder('contract A { uint256 public x; }', async (dir) => {
      const first = (await compileIn(dir)).get('A');
      const [file] = await readdir(join(dir, 'cache'));
      const path = join(dir, 'cache', file!);
      await writeFile(path, (await readFile(path, 'utf8')).replace('"name":"A"', '"name":"Cached"'));
      expect((await compileIn(dir)).names).toEqual(['Cached']);
      await writeFile(join(dir, 'A.sol'), source('contract A { uint256 public x; uint256 public y; }'));
      const second = (await compileIn(dir)).get('A');
      expect(second.bytecode).not.toBe(first.bytecode);
      expect(second.storage.map(({ label }) => label)).toEqual(['x', 'y']);
    });
  });

  test.each([
    ['a syntax error', 'contract A {', 'CONTRACTS_DO_NOT_COMPILE'],
    ['an import that is not installed', 'import "nowhere/B.sol"; contract A {}', 'CONTRACTS_DO_NOT_COMPILE'],
    [
      'a library that would need linking',
      'library L { function f() external {} } contract A { function g() external { L.f(); } }',
      'CONTRACT_NOT_LINKED',
    ],
  ])('refuses %s', async (_, body, code) => {
    await inFolder(body, async (dir) => {
      await expect(compileIn(dir)).rejects.toMatchObject({ code });
    });
  });

  test('refuses a folder without sources and a name that is none', async () => {
    await inFolder('', async (dir) => {
      await rm(join(dir, 'A.sol'));
      await expect(compileIn(dir)).rejects.toMatchObject({ code: 'CONTRACTS_DO_NOT_COMPILE' });
    });
    expect(() => artifacts.get('Nothing')).toThrow(/CONTRACT_UNKNOWN/);
  });
});
