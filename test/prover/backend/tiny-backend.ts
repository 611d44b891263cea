/** The tiny circuit over a short string: real proofs in tenths of a second. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, createFileManager } from '@noir-lang/noir_wasm';
import type { CompiledCircuit } from '@noir-lang/types';
import { type Backend, type CircuitFile, createBackend } from '../../../src/prover/backend/backend.ts';
import { findBb } from '../../../src/prover/backend/binary.ts';
import { toCircuitFile } from '../../../src/prover/backend/circuit-file.ts';
import { backendLimitsDefault } from '../../../src/prover/keys/open-backend.ts';
import { generateDevelopmentString } from '../../../src/prover/string/generate-development-string.ts';

export interface TinyBackend {
  readonly backend: Backend;
  readonly cacheDirectory: string;
  readonly circuit: CircuitFile;
  remove(): Promise<void>;
}

const pointsForTinyCircuits = 2 ** 12 + 1;

export async function createTinyBackend(name = 'sum'): Promise<TinyBackend> {
  const cacheDirectory = await mkdtemp(join(tmpdir(), 'privity-test-backend-'));
  const string = await generateDevelopmentString({
    directory: join(cacheDirectory, 'string'),
    points: pointsForTinyCircuits,
    workers: 1,
  });
  const backend = createBackend({ binary: findBb(), string, cacheDirectory, limits: backendLimitsDefault, slots: 1 });
  const circuit = await compileTest(name, cacheDirectory);
  return { backend, cacheDirectory, circuit, remove: () => rm(cacheDirectory, { recursive: true, force: true }) };
}

export async function compileTest(name: string, cacheDirectory: string): Promise<CircuitFile> {
  const folder = fileURLToPath(new URL(`../circuits/${name}`, import.meta.url));
  const { program } = await compile(
    createFileManager(folder),
    folder,
    () => {},
    () => {},
  );
  return toCircuitFile(name, program as unknown as CompiledCircuit, cacheDirectory);
}
