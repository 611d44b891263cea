import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CompiledCircuit } from '@noir-lang/types';
import type { CircuitFile } from './backend.ts';

/**
 * Writes what proving needs of a compiled circuit (opcodes and ABI, without debug symbols) to the cache. The hash is of the uncompressed opcodes:
 * it is what keys depend on, whatever compressed or compiled them.
 */
export async function toCircuitFile(
  name: string,
  compiled: CompiledCircuit,
  cacheDirectory: string,
): Promise<CircuitFile> {
  const { abi, bytecode } = compiled;
  const hash = createHash('sha256')
    .update(gunzipSync(Buffer.from(bytecode, 'base64')))
    .digest('hex');
  const text = JSON.stringify({ abi, bytecode });
  const folder = join(cacheDirectory, 'circuits');
  const path = join(folder, `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 32)}.json`);
  try {
    await access(path);
  } catch {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const part = `${path}.part-${randomBytes(8).toString('hex')}`;
    await writeFile(part, text, { mode: 0o600 });
    await rename(part, path);
  }
  return { name, path, hash };
}
