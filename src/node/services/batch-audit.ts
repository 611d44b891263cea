import { type Address, getAddress, type PublicClient } from 'viem';
import { bigIntToHex } from '../../base/bytes.ts';
import { isPrivityError } from '../../base/errors.ts';
import { hashStoredBatch } from '../../chain/stored-batch.ts';
import { toWord } from '../../chain/word.ts';
import type { WrapProof } from '../../prover/port.ts';
import type { BatchAudit } from '../../rpc/port.ts';
import { privityChainAbi } from '../../settlement/abi/privity-chain.ts';
import type { BatchBook, BookedBatch } from '../batch-book.ts';

export interface BatchAuditDeps {
  readonly book: BatchBook;
  readonly client: PublicClient;
  readonly chainContract: Address;
  /** The wrap proof over the range that holds the batch. */
  readonly proofOf: (batch: bigint) => Promise<{ from: bigint; to: bigint; proof: WrapProof } | undefined>;
  /** Runs the L1 verifier's bytecode; undefined until the keys are prepared. */
  readonly verifyWrap: () => ((proof: WrapProof) => Promise<boolean>) | undefined;
}

export function createBatchAudit({ book, client, chainContract, proofOf, verifyWrap }: BatchAuditDeps): BatchAudit {
  const onL1 = (batch: bigint) =>
    client.readContract({
      address: chainContract,
      abi: privityChainAbi,
      functionName: 'storedBatchHash',
      args: [batch],
    });

  return {
    async describe(number) {
      const batch = await book.get(number);
      return batch === undefined ? undefined : describe(batch, book.status(number));
    },
    async verify(number) {
      const batch = await book.get(number);
      if (batch === undefined || number === 0n) return undefined;
      const [stored, kept, verify] = [await onL1(number), await unlessDamaged(proofOf(number)), verifyWrap()];
      const checks: Record<string, boolean | string> = { storedBatchHash: stored === hashStoredBatch(batch.stored) };
      const range = kept === 'damaged' ? undefined : kept;
      if (range === undefined || verify === undefined) {
        checks['proof'] =
          kept === 'damaged'
            ? 'the stored proof is damaged'
            : range !== undefined
              ? 'verifier not prepared yet'
              : number > book.counts.proven
                ? 'not made yet'
                : 'not kept: some of the batches that it covered were taken back';
      } else {
        const [before, after] = [await book.get(range.from), await book.get(range.to)];
        const expected = [before, after].flatMap((b) => {
          const { hi, lo } = toWord(b?.stored.sealed ?? 0n);
          return [hi, lo];
        });
        const ends = [range.from, range.to].map(
          async (n) => (await onL1(n)) === hashStoredBatch((await book.get(n))!.stored),
        );
        checks['rangeEnds'] = (await Promise.all(ends)).every((ok) => ok);
        checks['publicInputs'] = expected.every((value, i) => range.proof.publicInputs[i] === value);
        checks['proof'] = await verify(range.proof);
      }
      const valid = Object.values(checks).every((check) => check === true);
      return {
        ...describe(batch, book.status(number)),
        valid,
        checks,
        ...(range === undefined ? {} : { provenRange: { from: Number(range.from), to: Number(range.to) } }),
        l1: { ...describeL1(batch), chainId: await client.getChainId(), contract: getAddress(chainContract) },
      };
    },
  };
}

/** A proof that does not open, or is none, is what an auditor asks about: an answer. Everything else is a fault of the node. */
const DAMAGED = ['STORE_RECORD_CORRUPT', 'STORE_ROWS_REPLACED', 'PROOF_MALFORMED'];

async function unlessDamaged<T>(reading: Promise<T>): Promise<T | 'damaged'> {
  try {
    return await reading;
  } catch (error) {
    if (isPrivityError(error) && DAMAGED.includes(error.code)) return 'damaged';
    throw error;
  }
}

function describe({ stored, records, ...batch }: BookedBatch, status: string) {
  const hex = (value: bigint) => bigIntToHex(value, 32);
  return {
    number: Number(stored.batchNumber),
    status,
    slot: Number(stored.slot),
    blocks: { first: Number(batch.firstBlock), last: Number(batch.lastBlock) },
    stateRoot: hex(stored.stateRoot),
    commitment: hex(stored.commitment),
    sealed: hex(stored.sealed),
    policyRoot: hex(stored.policyRoot),
    messagesRoll: hex(stored.messagesRoll),
    messages: batch.messageHashes.length,
    priorityIndex: Number(stored.priorityIndex),
    records: {
      root: hex(stored.recordsRoot),
      txRoot: hex(records.txRoot),
      auditRoot: hex(records.auditRoot),
      denialRoot: hex(records.denialRoot),
      dataHash: hex(records.dataHash),
    },
    l1: describeL1(batch),
  };
}

function describeL1({ l1, attempts }: Pick<BookedBatch, 'l1' | 'attempts'>) {
  return Object.fromEntries(
    (['commit', 'prove', 'execute'] as const).flatMap((step) => {
      const [mined, sent] = [l1[step], attempts[step]];
      if (mined === undefined && sent === undefined) return [];
      const found = mined === undefined ? {} : { transaction: mined.transaction, gas: Number(mined.gas) };
      return [[step, { ...found, attempts: sent ?? [] }]];
    }),
  );
}
