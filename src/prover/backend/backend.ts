/**
 * The proving binary behind five calls. Owns: processes, their bounds, private work folders, the key cache. Does not own: what is proven.
 * Every proof is verified before it is returned: the binary may end well on a witness that does not satisfy its circuit.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { proverError } from '../errors.ts';
import { IGNITION_G2 } from '../string/ignition-g2.ts';
import { type ReferenceString, stringHash } from '../string/reference-string.ts';
import { BB_VERSION } from './binary.ts';
import { FLAVOUR, type Flavour, transcriptOf } from './flavour.ts';
import { keyFolder, readCachedKey, storeKey, type VerificationKey } from './key-cache.ts';
import { pairingHolds, readPairingPoints } from './pairing-points.ts';
import { fromFields, PROOF_FIELDS, type Proof, toFields } from './proof.ts';
import { type BbLimits, type BbResult, complaintOf, runBb } from './run-bb.ts';
import { Slots } from './slots.ts';
import { withWorkFolder } from './work-folder.ts';

/** A compiled circuit: `path` is a JSON file with its `bytecode`, `hash` identifies that bytecode. */
export interface CircuitFile {
  readonly name: string;
  readonly path: string;
  readonly hash: string;
}

export interface BackendOptions {
  readonly binary: string;
  readonly string: ReferenceString;
  readonly cacheDirectory: string;
  readonly limits: BbLimits;
  /** Proving processes at a time. */
  readonly slots: number;
}

export interface Backend {
  readonly string: ReferenceString;
  gates(circuit: CircuitFile, signal?: AbortSignal): Promise<{ readonly gates: number; readonly opcodes: number }>;
  writeKey(circuit: CircuitFile, flavour: Flavour, signal?: AbortSignal): Promise<VerificationKey>;
  /** `witness` as noir_js gives it, compressed. Throws WITNESS_UNSATISFIED or PROOF_INVALID. */
  prove(circuit: CircuitFile, witness: Uint8Array, flavour: Flavour, signal?: AbortSignal): Promise<Proof>;
  /** Throws PROOF_INVALID. What it leaves open under a string other than Ignition's: `verifyDepth`. */
  verify(key: VerificationKey, proof: Proof, flavour: Flavour, signal?: AbortSignal): Promise<void>;
  /**
   * The binary pins Ignition's [x] in G2. Under that string `verify` is complete; under any other it checks the transcript, the statement and
   * sumcheck, but not the openings: those are decided by a pairing, which the merge above it (by its pairing points) or the L1 bytecode (for
   * a wrap) then checks.
   */
  readonly verifyDepth: 'complete' | 'all-but-openings';
  /** The optimized Solidity verifier for a key with a keccak transcript, as the binary writes it. */
  solidityVerifier(key: VerificationKey, signal?: AbortSignal): Promise<string>;
}

/** Rows that the proof system adds to a circuit's own before it rounds up to a power of two. */
const reservedRows = 8;

const UNSATISFIED = 'Builder failure when we have real witnesses';
const PAIRING_FAILED = 'verification failed at pairing check';

const gatesSchema = z.object({
  functions: z.tuple([z.object({ acir_opcodes: z.number().int(), circuit_size: z.number().int() })]),
});

export function createBackend({ binary, string, cacheDirectory, limits, slots: count }: BackendOptions): Backend {
  const slots = new Slots(count);
  const crs = ['-c', string.directory];
  const isIgnition = JSON.stringify(string.g2, bigintText) === JSON.stringify(IGNITION_G2, bigintText);
  const verifyDepth = isIgnition ? 'complete' : 'all-but-openings';

  const run = (args: readonly string[], home: string, signal?: AbortSignal, input?: Uint8Array): Promise<BbResult> =>
    slots.use(() => runBb({ binary, args, home, limits, signal, ...(input === undefined ? {} : { input }) }), signal);

  async function mustRun(
    args: readonly string[],
    home: string,
    signal?: AbortSignal,
    input?: Uint8Array,
  ): Promise<BbResult> {
    const result = await run(args, home, signal, input);
    if (result.exitCode !== 0) throw proverError('BACKEND_FAILED', `${args[0]}, ${complaintOf(result)}`);
    return result;
  }

  async function gates(circuit: CircuitFile, signal?: AbortSignal) {
    const { stdout } = await withWorkFolder((work) =>
      mustRun(['gates', '-b', circuit.path, '-t', FLAVOUR.inner.target], work, signal),
    );
    const [main] = gatesSchema.parse(JSON.parse(stdout)).functions;
    return { gates: main.circuit_size, opcodes: main.acir_opcodes };
  }

  /** With too few points the binary would ask the internet for more. */
  async function assertFits(circuit: CircuitFile, signal?: AbortSignal): Promise<void> {
    const needed = 2 ** Math.ceil(Math.log2((await gates(circuit, signal)).gates + reservedRows)) + 1;
    const { points } = string.description;
    if (needed > points) {
      throw proverError('STRING_TOO_SHORT', `${circuit.name} needs ${needed} points, the string has ${points}`);
    }
  }

  async function writeKey(circuit: CircuitFile, flavour: Flavour, signal?: AbortSignal): Promise<VerificationKey> {
    const transcript = transcriptOf(flavour);
    const identity = {
      bbVersion: BB_VERSION,
      stringHash: stringHash(string.description),
      circuitHash: circuit.hash,
      transcript,
    } as const;
    const folder = keyFolder(cacheDirectory, identity);
    const cached = await readCachedKey(folder, transcript);
    if (cached !== undefined) return cached;
    await assertFits(circuit, signal);
    return withWorkFolder(async (work) => {
      await mustRun(['write_vk', ...crs, '-b', circuit.path, '-o', work, '-t', FLAVOUR[flavour].target], work, signal);
      return storeKey(work, folder, transcript);
    });
  }

  async function verify(key: VerificationKey, proof: Proof, flavour: Flavour, signal?: AbortSignal): Promise<void> {
    checkShape(proof, flavour);
    const result = await withWorkFolder(async (work) => {
      const proofPath = join(work, 'proof');
      const inputsPath = join(work, 'public_inputs');
      await writeFile(proofPath, proof.proof, { mode: 0o600 });
      await writeFile(inputsPath, fromFields(proof.publicInputs), { mode: 0o600 });
      const files = ['-k', key.path, '-p', proofPath, '-i', inputsPath];
      return run(['verify', ...crs, ...files, '-t', FLAVOUR[flavour].target], work, signal);
    });
    const passed = isIgnition ? result.exitCode === 0 : result.exitCode === 1 && result.stderr.includes(PAIRING_FAILED);
    if (!passed) throw proverError('PROOF_INVALID', complaintOf(result));
    const points = readPairingPoints(proof.proof);
    if (points !== undefined && !pairingHolds(points, string.g2)) {
      throw proverError('PROOF_INVALID', 'a proof verified inside it opens its commitments falsely');
    }
  }

  return {
    string,
    verifyDepth,
    gates,
    writeKey,
    verify,

    async prove(circuit, witness, flavour, signal) {
      const key = await writeKey(circuit, flavour, signal);
      const proof = await withWorkFolder(async (work) => {
        const files = ['-b', circuit.path, '-w', '/dev/stdin', '-k', key.path, '-o', work];
        const result = await mustRun(['prove', ...crs, ...files, '-t', FLAVOUR[flavour].target], work, signal, witness);
        if (result.stderr.includes(UNSATISFIED)) throw proverError('WITNESS_UNSATISFIED', circuit.name);
        const [proofBytes, inputs] = await Promise.all([
          readFile(join(work, 'proof')),
          readFile(join(work, 'public_inputs')),
        ]);
        return { proof: new Uint8Array(proofBytes), publicInputs: toFields(new Uint8Array(inputs)) };
      });
      await verify(key, proof, flavour, signal);
      return proof;
    },

    solidityVerifier: (key, signal) =>
      withWorkFolder(async (work) => {
        const path = join(work, 'HonkVerifier.sol');
        const args = ['write_solidity_verifier', '-k', key.path, '-o', path, '-t', FLAVOUR.wrap.target, '--optimized'];
        await mustRun(args, work, signal);
        return readFile(path, 'utf8');
      }),
  };
}

/** A wrap proof's length depends on the circuit's size, and the contract checks it. */
function checkShape({ proof }: Proof, flavour: Flavour): void {
  if (flavour === 'wrap') return;
  const fields = toFields(proof);
  if (fields.length !== PROOF_FIELDS[flavour])
    throw proverError('PROOF_MALFORMED', `a proof of ${fields.length} elements`);
}

const bigintText = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
