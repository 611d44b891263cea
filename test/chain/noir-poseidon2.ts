import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Noir } from '@noir-lang/noir_js';
import { compile, createFileManager } from '@noir-lang/noir_wasm';

const SOURCE = `use std::hash::poseidon2_permutation;
fn main(input: [Field; 4]) -> pub [Field; 4] {
    poseidon2_permutation(input)
}
`;

/** Noir's own permutation: compiles a one-line circuit and solves it. */
export async function compileNoirPermutation(): Promise<(input: readonly bigint[]) => Promise<bigint[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'poseidon2-'));
  try {
    await mkdir(join(folder, 'src'));
    await writeFile(
      join(folder, 'Nargo.toml'),
      '[package]\nname = "permutation"\ntype = "bin"\nauthors = [""]\n\n[dependencies]\n',
    );
    await writeFile(join(folder, 'src', 'main.nr'), SOURCE);
    const { program } = await compile(createFileManager(folder));
    const noir = new Noir(program);
    return async (input) => {
      const { returnValue } = await noir.execute({ input: input.map((x) => `0x${x.toString(16)}`) });
      return (returnValue as string[]).map(BigInt);
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
