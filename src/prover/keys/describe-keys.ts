import { bytesToHex, hexToBytes } from '../../base/bytes.ts';
import { STATEMENT_VERSION } from '../../chain/constants.ts';
import { keccak256 } from '../../chain/keccak.ts';
import type { CircuitFile } from '../backend/backend.ts';
import { BB_VERSION } from '../backend/binary.ts';
import type { VerificationKey } from '../backend/key-cache.ts';
import { type ReferenceString, stringHash } from '../string/reference-string.ts';
import { hex32Of, type KeyFile, proofSystemIdOf } from './key-file.ts';
import type { KeySet } from './make-keys.ts';

/** A key file without the gate counts, which take a while to get and identify nothing. */
export type KeyIdentities = ReturnType<typeof describeKeys>;

const identityOf = ({ file, key }: { readonly file: CircuitFile; readonly key: VerificationKey }) => ({
  circuitHash: `0x${file.hash}`,
  keyHash: hex32Of(key.hash),
});

export function describeKeys(keys: KeySet, string: ReferenceString, developmentChainId: bigint) {
  const { source, points } = string.description;
  const body = {
    statementVersion: STATEMENT_VERSION,
    bbVersion: BB_VERSION,
    string: { source, points, hash: `0x${stringHash(string.description)}` },
    circuits: keys.circuits.map((circuit) => ({ name: circuit.name, kind: circuit.kind, ...identityOf(circuit) })),
    vkRoot: hex32Of(keys.vkRoot),
    wrap: identityOf(keys.wrap),
    verifier: {
      codeHash: bytesToHex(keccak256(hexToBytes(keys.verifierBytecode))) as string,
      ...(source === 'development' ? { developmentChainId: Number(developmentChainId) } : {}),
    },
  };
  return { ...body, proofSystemId: proofSystemIdOf(body) as string };
}

/** The names of what differs; empty when a key file is of these keys. */
export function differencesOf(made: KeyIdentities, committed: KeyFile): string[] {
  const differences: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (ours !== theirs) differences.push(what);
  };
  compare('statement version', made.statementVersion, committed.statementVersion);
  compare('binary', made.bbVersion, committed.bbVersion);
  compare('string', made.string.hash, committed.string.hash);
  compare('number of circuits', made.circuits.length, committed.circuits.length);
  for (const [i, circuit] of made.circuits.entries()) {
    const other = committed.circuits[i];
    compare(`name of circuit ${i}`, circuit.name, other?.name);
    compare(`kind of ${circuit.name}`, circuit.kind, other?.kind);
    compare(`opcodes of ${circuit.name}`, circuit.circuitHash, other?.circuitHash);
    compare(`key of ${circuit.name}`, circuit.keyHash, other?.keyHash);
  }
  compare('vkRoot', made.vkRoot, committed.vkRoot);
  compare('opcodes of wrap', made.wrap.circuitHash, committed.wrap.circuitHash);
  compare('key of wrap', made.wrap.keyHash, committed.wrap.keyHash);
  compare('verifier bytecode', made.verifier.codeHash, committed.verifier.codeHash);
  compare('verifier chain', made.verifier.developmentChainId, committed.verifier.developmentChainId);
  compare('proof system id', made.proofSystemId, committed.proofSystemId);
  return differences;
}
