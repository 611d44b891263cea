/** Sealed batches by number: roots, records, messages and how far Ethereum has them. Memory for the newest, the store for the rest. */

import { bigIntToBytes, bytesToHex, hexToBytes } from '../base/bytes.ts';
import type { BatchRecords } from '../chain/commitment.ts';
import type { Message } from '../chain/message.ts';
import { encodeFields, FieldReader, integerField as int, type RlpField } from '../chain/rlp-fields.ts';
import type { StoredBatch } from '../chain/stored-batch.ts';
import type { L1Counts, SealedBatch, SettlementStep, SettlementTarget } from '../settlement/port.ts';
import type { BatchStatus, Store } from '../store/port.ts';

export interface BookedBatch {
  readonly stored: StoredBatch;
  readonly records: BatchRecords;
  readonly messages: readonly Message[];
  readonly messageHashes: readonly bigint[];
  readonly firstBlock: bigint;
  readonly lastBlock: bigint;
  /** Half of the state root's preimage that is not the tree root. */
  readonly environment: bigint;
  readonly treeRoot: bigint;
  readonly l1: Readonly<Partial<Record<StepName, { readonly transaction: `0x${string}`; readonly gas: bigint }>>>;
  /** Every transaction that was sent for a step, mined or not: replaced ones, and those of lives that ended. */
  readonly attempts: Readonly<Partial<Record<StepName, readonly `0x${string}`[]>>>;
}

type StepName = (typeof STEPS)[number];

const cachedBatchesMax = 256;
const finalName = 'final-batch';

/** The last batch that any life has seen executed on Ethereum. */
export async function finalBatch(store: Pick<Store, 'read'>): Promise<bigint> {
  const value = await store.read.checkpoints.get(finalName);
  return value === undefined ? 0n : BigInt(Buffer.from(value).toString());
}

export class BatchBook {
  readonly #store: Pick<Store, 'read' | 'transaction'>;
  readonly #cache = new Map<bigint, BookedBatch>();
  #latest: bigint;
  #counts: L1Counts = { committed: 0n, proven: 0n, executed: 0n };
  #final = 0n;

  constructor(store: Pick<Store, 'read' | 'transaction'>, genesis: BookedBatch) {
    this.#store = store;
    this.#latest = genesis.stored.batchNumber;
    this.#cache.set(0n, genesis);
  }

  /** Takes up what an earlier life knew to be final. */
  async restore(): Promise<void> {
    this.#final = await finalBatch(this.#store);
  }

  /** The last batch that was ever seen executed on Ethereum: people were told so, so it is never withdrawn. */
  get final(): bigint {
    return this.#final;
  }

  /** Last sealed batch. */
  get latest(): bigint {
    return this.#latest;
  }

  /** Goes on after a batch that an earlier life sealed. */
  resumeAt(batch: bigint): void {
    this.#latest = batch;
  }

  get counts(): L1Counts {
    return this.#counts;
  }

  async get(number: bigint): Promise<BookedBatch | undefined> {
    if (number < 0n || number > this.#latest) return undefined;
    const cached = this.#cache.get(number);
    if (cached !== undefined) return cached;
    const record = await this.#store.read.batches.byNumber(Number(number));
    return record === undefined ? undefined : decode(record.payload);
  }

  async settlement(number: bigint): Promise<SealedBatch | undefined> {
    return this.get(number);
  }

  /** What an earlier life learnt from Ethereum about a batch that is sealed again in replay. */
  async add(batch: BookedBatch): Promise<void> {
    const before = await this.#store.read.batches.byNumber(Number(batch.stored.batchNumber));
    const known =
      before !== undefined && Buffer.from(before.commitment).equals(bigIntToBytes(batch.stored.commitment, 32))
        ? decode(before.payload)
        : undefined;
    await this.#put({
      ...batch,
      l1: { ...known?.l1, ...batch.l1 },
      attempts: { ...known?.attempts, ...batch.attempts },
    });
    this.#latest = batch.stored.batchNumber;
  }

  /** Before it is sent. What was mined for this step before is not on Ethereum any more, or it would not be sent. */
  async onAttempt(target: SettlementTarget, transaction: `0x${string}`): Promise<void> {
    const name = NAMES[target.kind];
    for (const batch of await this.#batchesOf(target)) {
      const attempts = batch.attempts[name] ?? [];
      if (attempts.includes(transaction)) continue;
      const { [name]: _lost, ...l1 } = batch.l1;
      await this.#put({ ...batch, l1, attempts: { ...batch.attempts, [name]: [...attempts, transaction] } });
    }
  }

  async onStep(step: SettlementStep): Promise<void> {
    const { transaction, gas } = step;
    for (const batch of await this.#batchesOf(step)) {
      await this.#put({ ...batch, l1: { ...batch.l1, [NAMES[step.kind]]: { transaction, gas } } });
    }
  }

  async #batchesOf(target: SettlementTarget): Promise<BookedBatch[]> {
    const numbers = target.kind === 'proven' ? rangeOf(target.from + 1n, target.to) : [target.batch];
    const batches = await Promise.all(numbers.map((number) => this.get(number)));
    return batches.filter((batch) => batch !== undefined);
  }

  async onCounts(counts: L1Counts): Promise<void> {
    this.#counts = counts;
    if (counts.executed <= this.#final) return;
    const { executed } = counts;
    await this.#store.transaction((writes) => writes.checkpoints.put(finalName, Buffer.from(String(executed))));
    if (executed > this.#final) this.#final = executed;
  }

  /** Forgets the batches from `from` on; their rows are removed with those of their blocks. */
  withdraw(from: bigint): void {
    if (from <= this.#latest) this.#latest = from - 1n;
    for (const number of this.#cache.keys()) if (number >= from) this.#cache.delete(number);
    const { committed, proven, executed } = this.#counts;
    this.#counts = { committed: min(committed, from - 1n), proven: min(proven, from - 1n), executed };
  }

  status(number: bigint): BatchStatus {
    if (number <= this.#counts.executed) return 'executed';
    if (number <= this.#counts.proven) return 'proved';
    return number <= this.#counts.committed ? 'committed' : 'sealed';
  }

  async #put(batch: BookedBatch): Promise<void> {
    const { stored } = batch;
    this.#cache.set(stored.batchNumber, batch);
    for (const number of this.#cache.keys()) {
      if (this.#cache.size <= cachedBatchesMax) break;
      if (number !== 0n) this.#cache.delete(number);
    }
    if (stored.batchNumber === 0n) return;
    const hash = (name: StepName) =>
      batch.l1[name] === undefined ? {} : { [name]: hexToBytes(batch.l1[name].transaction) };
    await this.#store.transaction((writes) =>
      writes.batches.put({
        number: Number(stored.batchNumber),
        status: this.status(stored.batchNumber),
        slot: Number(stored.slot),
        stateRoot: bigIntToBytes(stored.stateRoot, 32),
        commitment: bigIntToBytes(stored.commitment, 32),
        firstBlock: Number(batch.firstBlock),
        lastBlock: Number(batch.lastBlock),
        l1: { ...hash('commit'), ...hash('prove'), ...hash('execute') },
        payload: encode(batch),
      }),
    );
  }
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const rangeOf = (from: bigint, to: bigint): bigint[] =>
  Array.from({ length: Number(to - from) + 1 }, (_, i) => from + BigInt(i));

const STEPS = ['commit', 'prove', 'execute'] as const;
const NAMES = { committed: 'commit', proven: 'prove', executed: 'execute' } as const;

function encode({ stored: s, records: r, ...batch }: BookedBatch): Uint8Array {
  return encodeFields([
    [
      ...[
        s.batchNumber,
        s.stateRoot,
        s.recordsRoot,
        s.messagesRoll,
        s.priorityIndex,
        s.policyRoot,
        s.slot,
        s.commitment,
      ],
      s.sealed,
    ].map(int),
    [r.txRoot, r.auditRoot, r.denialRoot, r.dataHash, r.batchSalt].map(int),
    batch.messages.map((m): RlpField => [m.batch, m.index, m.sender, m.recipient, m.token, m.amount].map(int)),
    batch.messageHashes.map(int),
    [batch.firstBlock, batch.lastBlock, batch.environment, batch.treeRoot].map(int),
    STEPS.map((name): RlpField => {
      const step = batch.l1[name];
      return step === undefined ? [] : [hexToBytes(step.transaction), int(step.gas)];
    }),
    STEPS.map((name): RlpField => (batch.attempts[name] ?? []).map(hexToBytes)),
  ]);
}

function decode(payload: Uint8Array): BookedBatch {
  const f = FieldReader.decode(payload);
  const s = f.integers(0);
  const r = f.integers(1);
  const rest = f.integers(4);
  const l1 = Object.fromEntries(
    f
      .readers(5)
      .flatMap((step, i) =>
        step.length === 0 ? [] : [[STEPS[i]!, { transaction: bytesToHex(step.bytes(0)), gas: step.integer(1) }]],
      ),
  );
  return {
    stored: {
      batchNumber: s[0]!,
      stateRoot: s[1]!,
      recordsRoot: s[2]!,
      messagesRoll: s[3]!,
      priorityIndex: s[4]!,
      policyRoot: s[5]!,
      slot: s[6]!,
      commitment: s[7]!,
      sealed: s[8]!,
    },
    records: { txRoot: r[0]!, auditRoot: r[1]!, denialRoot: r[2]!, dataHash: r[3]!, batchSalt: r[4]! },
    messages: f.readers(2).map((m) => ({
      batch: m.integer(0),
      index: m.number(1),
      sender: m.integer(2),
      recipient: m.integer(3),
      token: m.integer(4),
      amount: m.integer(5),
    })),
    messageHashes: f.integers(3),
    firstBlock: rest[0]!,
    lastBlock: rest[1]!,
    environment: rest[2]!,
    treeRoot: rest[3]!,
    l1,
    // Rows of before attempts were kept have none.
    attempts: Object.fromEntries(
      (f.length > 6 ? f.readers(6) : []).flatMap((sent, i) =>
        sent.length === 0
          ? []
          : [[STEPS[i]!, Array.from({ length: sent.length }, (_, n) => bytesToHex(sent.bytes(n)))]],
      ),
    ),
  };
}

/** What the payload of a batch's row says. */
export { decode as decodeBookedBatch };
