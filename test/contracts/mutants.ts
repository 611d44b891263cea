/**
 * Whether the tests see a check that is missing: takes each check of the contracts away, one at a time, and runs the tests of that contract,
 * which must fail. A long run, by hand: `node test/contracts/mutants.ts [contract ...]`; prints each verdict and the counts, exits 1 when a
 * mutant survives that is not listed as redundant below.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MUTANT_TIMEOUT_MS = 600_000;

const TESTS: Readonly<Record<string, readonly string[]>> = {
  PrivityChain: [
    'commit',
    'prove',
    'execute',
    'revert-batches',
    'halt',
    'upgrade',
    'policy-schedule',
    'access',
    'deploy',
  ],
  PrivityBridge: ['finalize-withdrawal', 'requests', 'execute', 'upgrade', 'access'],
  PriorityQueue: ['policy-schedule', 'requests', 'commit', 'access', 'deploy'],
  PolicyGovernor: ['governor', 'access', 'deploy', 'upgrade'],
  VerifierRegistry: ['verifier-registry', 'prove', 'access'],
  'libraries/MessageTree': ['execute', 'finalize-withdrawal'],
};

/** Checks that another one covers, in the same deployment or by the deployment's own order; kept as a second line. */
const REDUNDANT: readonly string[] = [
  'if (config.chainId == 0 || config.batchIntervalSeconds == 0 || config.governor == address(0)) {',
  'if (address(config.bridge) == address(0) || address(config.verifiers) == address(0)) revert InvalidConfig();',
  'if (config.governor == address(0) || address(config.chain) == address(0)) revert InvalidConfig();',
  'if (governed.chain == address(0) || governed.bridge == address(0) || governed.verifiers == address(0)) {',
  // A maker holds no checker role, so the role check comes first.
  'if (proposal.maker == msg.sender) revert MakerCannotApprove(msg.sender);',
];

interface Mutant {
  readonly contract: string;
  readonly line: number;
  readonly original: string;
  readonly source: string;
}

function mutantsOf(contract: string, source: string): Mutant[] {
  const lines = source.split('\n');
  return lines.flatMap((line, i) => {
    const changed = mutate(line, lines[i + 1] ?? '');
    if (changed === undefined) return [];
    return [{ contract, line: i + 1, original: line.trim(), source: lines.with(i, changed).join('\n') }];
  });
}

/** The line with its check taken away; undefined when it has none. */
function mutate(line: string, next: string): string | undefined {
  if (/^\s*if \(.*\) revert /.test(line)) return '';
  if (/^\s*if \(.*\) \{$/.test(line) && next.includes('revert ')) return line.replace(/if \(.*\) \{/, 'if (false) {');
  if (/\) external (onlyGovernor|onlyRole\(\w+\))/.test(line))
    return line.replace(/ (onlyGovernor|onlyRole\(\w+\))/, '');
  if (/^\s+(onlyRole\(\w+\)|whenNotPaused|initializer|nonReentrant)$/.test(line)) return '';
  if (/_authorizeUpgrade.*onlyGovernor/.test(line)) return line.replace(' onlyGovernor', '');
  if (
    /^\s+(supply -= |_finalized\[|lastCommittedSlot = |if \(provenCount|_require\w+\(|_disableInitializers)/.test(line)
  )
    return '';
  return undefined;
}

type Verdict = 'killed' | 'redundant' | 'SURVIVED' | 'does not compile' | 'timed out';

function judge(mutant: Mutant): { verdict: Verdict; by: string } {
  const dir = mkdtempSync(join(tmpdir(), 'privity-mutant-'));
  try {
    cpSync(join(ROOT, 'contracts/src'), dir, { recursive: true });
    writeFileSync(join(dir, `${mutant.contract}.sol`), mutant.source);
    const run = spawnSync(
      'vitest',
      [
        'run',
        '--bail',
        '1',
        '--hookTimeout',
        '300000',
        ...TESTS[mutant.contract]!.map((name) => `test/contracts/${name}.test.ts`),
      ],
      {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: MUTANT_TIMEOUT_MS,
        env: { ...process.env, PRIVITY_CONTRACTS_DIR: dir, PRIVITY_CONTRACTS_CACHE: join(dir, 'cache') },
      },
    );
    if (run.error !== undefined) throw run.error;
    const output = stripVTControlCharacters(`${run.stdout}${run.stderr}`);
    const by = /FAIL\s+(.*)/.exec(output)?.[1] ?? '';
    if (output.includes('CONTRACTS_DO_NOT_COMPILE')) return { verdict: 'does not compile', by };
    // A slow machine is no proof that a test saw anything.
    if (/timed out in \d+ms/.test(output)) return { verdict: 'timed out', by };
    if (run.status !== 0) return { verdict: 'killed', by };
    return { verdict: REDUNDANT.includes(mutant.original) ? 'redundant' : 'SURVIVED', by };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(TESTS);
const counts: Record<Verdict, number> = { killed: 0, redundant: 0, SURVIVED: 0, 'does not compile': 0, 'timed out': 0 };
for (const contract of wanted) {
  const source = readFileSync(join(ROOT, 'contracts/src', `${contract}.sol`), 'utf8');
  for (const mutant of mutantsOf(contract, source)) {
    const { verdict, by } = judge(mutant);
    counts[verdict]++;
    console.log(`${verdict}: ${contract}:${mutant.line} ${mutant.original}${by === '' ? '' : ` <- ${by}`}`);
  }
}
console.log(JSON.stringify(counts));
process.exitCode =
  counts.killed > 0 && counts.SURVIVED + counts['timed out'] + counts['does not compile'] === 0 ? 0 : 1;
