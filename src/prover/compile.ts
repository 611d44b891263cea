/**
 * Compiles a named circuit with noir_wasm. Sources are assembled in a folder of their own, so that a segment gets the globals of its profile;
 * the artefact is cached under the hash of everything it depends on.
 */

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, createFileManager } from '@noir-lang/noir_wasm';
import type { CompiledCircuit } from '@noir-lang/types';
import { PROFILES, type Profile, renderProfile } from './witness/profiles.ts';

export type CircuitName = 'segment_xs' | 'segment_m' | 'seal' | 'merge' | 'wrap';

export interface CircuitSource {
  /** Folder under circuits/. */
  readonly folder: string;
  readonly profile: Profile;
  /** Folders of further libraries under circuits/. */
  readonly libraries?: readonly string[];
  /** Further files, by path under circuits/, in place of those on disk: keys pinned by merge and wrap, planted weaknesses in tests. */
  readonly overlay?: Readonly<Record<string, string>>;
}

export interface CompileDeps {
  /** Folder that keeps artefacts between runs; created when missing. */
  readonly cacheFolder: string;
  readonly circuitsFolder?: string;
}

export const CIRCUITS_FOLDER = fileURLToPath(new URL('../../circuits/', import.meta.url));
const COMPILER = '1.0.0-beta.26';
const LIBRARY = 'lib';
const PROFILE_FILE = 'lib/src/profile.nr';

export const CIRCUIT_SOURCES: Readonly<Record<CircuitName, CircuitSource>> = {
  segment_xs: { folder: 'segment', profile: PROFILES.xs },
  segment_m: { folder: 'segment', profile: PROFILES.m },
  seal: { folder: 'seal', profile: PROFILES.xs },
  merge: { folder: 'merge', profile: PROFILES.xs },
  wrap: { folder: 'wrap', profile: PROFILES.xs },
};

export interface CompiledArtefact {
  readonly circuit: CompiledCircuit;
  /** sha256 of compiler version and sources, hex: the name under which it is cached. */
  readonly sourceHash: string;
}

/** `CIRCUIT_SOURCES[name]` unless a source is given. Compiling M takes about a minute and 2 GB; a cached one is read in a second. */
export async function compileCircuit(source: CircuitSource, deps: CompileDeps): Promise<CompiledArtefact> {
  const files = await readSources(source, deps.circuitsFolder ?? CIRCUITS_FOLDER);
  const sourceHash = hashSources(source.folder, files);
  const cached = join(deps.cacheFolder, `${source.folder}-${sourceHash.slice(0, 32)}.json`);
  const found = await readFile(cached, 'utf8').catch(() => undefined);
  if (found !== undefined) return { circuit: JSON.parse(found) as CompiledCircuit, sourceHash };
  await mkdir(deps.cacheFolder, { recursive: true });
  const work = await mkdtemp(join(deps.cacheFolder, 'compile-'));
  try {
    for (const [path, text] of files) {
      await mkdir(join(work, path, '..'), { recursive: true });
      await writeFile(join(work, path), text);
    }
    const circuit = await compileFolder(join(work, source.folder));
    const partial = join(work, 'artefact.json');
    await writeFile(partial, JSON.stringify(circuit));
    await rename(partial, cached);
    return { circuit, sourceHash };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function compileFolder(folder: string): Promise<CompiledCircuit> {
  const log: string[] = [];
  const note = (line: string) => log.push(line);
  try {
    const { program } = await compile(createFileManager(folder), folder, note, note);
    return program as unknown as CompiledCircuit;
  } catch (cause) {
    const detail = cause instanceof Error && 'diagnostics' in cause ? JSON.stringify(cause.diagnostics, null, 1) : '';
    throw new Error(`${folder} does not compile:\n${log.join('\n')}\n${detail}`, { cause });
  }
}

async function readSources(source: CircuitSource, circuits: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of [LIBRARY, ...(source.libraries ?? []), source.folder]) {
    for (const entry of await readdir(join(circuits, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(nr|toml)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name).slice(join(circuits, '/').length);
      files.set(path, await readFile(join(circuits, path), 'utf8'));
    }
  }
  files.set(PROFILE_FILE, renderProfile(source.profile));
  for (const [path, text] of Object.entries(source.overlay ?? {})) files.set(path, text);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hashSources(folder: string, files: Map<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify([COMPILER, folder, [...files]]))
    .digest('hex');
}
