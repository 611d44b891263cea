/** Compiles contracts/src with the pinned solc from npm, or takes the result of the same sources and settings from the cache folder. */

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Abi } from 'viem';
import type { Hex } from '../base/bytes.ts';
import { runInThread } from '../base/run-in-thread.ts';
import { settlementError } from './errors.ts';

export interface StorageSlot {
  readonly label: string;
  readonly offset: number;
  readonly slot: string;
  readonly type: string;
}

export interface ContractArtifact {
  readonly name: string;
  readonly abi: Abi;
  /** Creation code. */
  readonly bytecode: Hex;
  readonly deployedBytecode: Hex;
  readonly storage: readonly StorageSlot[];
  /** Members of the structs that are stored, by type. */
  readonly storedStructs: Readonly<Record<string, readonly StorageSlot[]>>;
}

export interface ContractArtifacts {
  /** Throws CONTRACT_UNKNOWN. */
  get(name: string): ContractArtifact;
  readonly names: readonly string[];
}

export interface CompileOptions {
  /** Folder in which results are kept, named by the hash of what they were made from. */
  readonly cacheDir: string;
  /** Folder of Solidity sources; contracts/src by default. */
  readonly sourceDir?: string;
}

interface Unit {
  readonly includes: (path: string) => boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

const GENERATED = 'generated/';

/** Raised when ContractArtifact changes, so that a cached one of the old shape is not taken. */
const ARTIFACT_FORMAT = 3;

/** Cancun: transient storage guards the bridge. No IPFS hash in the code, so that the same source gives the same bytes anywhere. */
const COMMON = {
  evmVersion: 'cancun',
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode', 'evm.deployedBytecode.object', 'storageLayout'] } },
};

const UNITS: readonly Unit[] = [
  {
    includes: (path) => !path.startsWith(GENERATED),
    settings: { ...COMMON, viaIR: true, optimizer: { enabled: true, runs: 200 } },
  },
  // The verifier is one block of hand-laid assembly: the IR pipeline only costs minutes.
  { includes: (path) => path.startsWith(GENERATED), settings: { ...COMMON, optimizer: { enabled: true, runs: 1 } } },
];

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<
    Record<
      string,
      Record<
        string,
        {
          readonly abi: Abi;
          readonly storageLayout: {
            readonly storage: readonly StorageSlot[];
            readonly types: Readonly<Record<string, { readonly members?: readonly StorageSlot[] }>> | null;
          };
          readonly evm: {
            readonly bytecode: { readonly object: string; readonly linkReferences: Record<string, unknown> };
            readonly deployedBytecode: { readonly object: string };
          };
        }
      >
    >
  >;
}

const DEFAULT_SOURCE_DIR = fileURLToPath(new URL('../../contracts/src', import.meta.url));

export async function compileContracts(options: CompileOptions): Promise<ContractArtifacts> {
  const sources = await readSources(options.sourceDir ?? DEFAULT_SOURCE_DIR);
  const compiled: ContractArtifact[] = [];
  for (const unit of UNITS) {
    const own = Object.fromEntries(Object.entries(sources).filter(([path]) => unit.includes(path)));
    if (Object.keys(own).length > 0) compiled.push(...(await cached(options.cacheDir, own, unit.settings)));
  }
  const byName = new Map(compiled.map((artifact) => [artifact.name, artifact]));
  return {
    names: [...byName.keys()],
    get(name) {
      const found = byName.get(name);
      if (found === undefined) throw settlementError('CONTRACT_UNKNOWN', name);
      return found;
    },
  };
}

type Sources = Readonly<Record<string, string>>;

async function readSources(dir: string): Promise<Sources> {
  const paths = (await readdir(dir, { recursive: true })).filter((path) => path.endsWith('.sol')).sort();
  if (paths.length === 0) throw settlementError('CONTRACTS_DO_NOT_COMPILE', `no Solidity source in ${dir}`);
  const read = async (path: string) => [path, await readFile(join(dir, path), 'utf8')] as const;
  return Object.fromEntries(await Promise.all(paths.map(read)));
}

async function cached(cacheDir: string, sources: Sources, settings: Unit['settings']): Promise<ContractArtifact[]> {
  const path = join(cacheDir, `contracts-${hashOf(sources, settings)}.json`);
  const hit = await readFile(path, 'utf8').catch(() => undefined);
  if (hit !== undefined) return JSON.parse(hit) as ContractArtifact[];
  const artifacts = await compile(sources, settings);
  await mkdir(dirname(path), { recursive: true });
  // Renamed into place: another process may compile the same sources at the same time.
  const temporary = `${path}.${process.pid}.${performance.now()}`;
  await writeFile(temporary, JSON.stringify(artifacts));
  await rename(temporary, path);
  return artifacts;
}

/** Imported packages count by their version, which the lock file pins. */
function hashOf(sources: Sources, settings: Unit['settings']): string {
  const require = createRequire(import.meta.url);
  const packages = ['solc', '@openzeppelin/contracts', '@openzeppelin/contracts-upgradeable'].map((name) => {
    const { version } = require(`${name}/package.json`) as { version: string };
    return `${name}@${version}`;
  });
  return createHash('sha256')
    .update(JSON.stringify([ARTIFACT_FORMAT, packages, sources, settings]))
    .digest('hex')
    .slice(0, 32);
}

async function compile(sources: Sources, settings: Unit['settings']): Promise<ContractArtifact[]> {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings,
  };
  const output = JSON.parse(await runSolc(JSON.stringify(input))) as SolcOutput;
  const errors = output.errors?.filter(({ severity }) => severity === 'error') ?? [];
  if (errors.length > 0 || output.contracts === undefined) {
    throw settlementError('CONTRACTS_DO_NOT_COMPILE', errors.map((error) => error.formattedMessage).join('\n'));
  }
  return Object.keys(sources).flatMap((path) =>
    Object.entries(output.contracts![path] ?? {}).map(([name, { abi, evm, storageLayout }]) => {
      const libraries = Object.values(evm.bytecode.linkReferences).flatMap((names) => Object.keys(names as object));
      if (libraries.length > 0) throw settlementError('CONTRACT_NOT_LINKED', `${name} needs ${libraries.join(', ')}`);
      return {
        name,
        abi,
        bytecode: `0x${evm.bytecode.object}` as const,
        deployedBytecode: `0x${evm.deployedBytecode.object}` as const,
        storage: storageLayout.storage.map(pickSlot),
        storedStructs: Object.fromEntries(
          Object.entries(storageLayout.types ?? {}).flatMap(([type, { members }]) =>
            members === undefined ? [] : [[stableType(type), members.map(pickSlot)]],
          ),
        ),
      };
    }),
  );
}

/** solc numbers its types by syntax node, which any edit moves. */
const stableType = (type: string): string => type.replace(/(t_(?:struct|contract|enum)\([^()]*\))\d+/g, '$1');

const pickSlot = ({ label, offset, slot, type }: StorageSlot): StorageSlot => ({
  label,
  offset,
  slot,
  type: stableType(type),
});

const runSolc = (input: string): Promise<string> =>
  runInThread(new URL('./solc-worker.ts', import.meta.url), { workerData: input }, (output: string) => ({
    result: output,
  })).catch((cause: unknown) => {
    throw settlementError('CONTRACTS_DO_NOT_COMPILE', 'solc', { cause });
  });
