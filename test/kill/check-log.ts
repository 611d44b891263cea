/** Reads the block log of a stopped node by itself: each accepted transaction once, each with one outcome that stands, and the roots that do. */

import pino from 'pino';
import { bytesToBigInt } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { decodeTransaction } from '../../src/chain/transaction.ts';
import { loadConfig } from '../../src/config/load.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { openKeys } from '../../src/node/keys.ts';
import { openNodeStore } from '../../src/node/open-node-store.ts';
import { readFoundation } from '../../src/node/read-foundation.ts';
import { decodeEntry } from '../../src/sequencer/log-entries.ts';
import { fatesOf, findWithdrawals } from '../../src/sequencer/withdrawals.ts';
import type { LedgerData } from './ledger.ts';

export interface LogReport {
  readonly accepted: number;
  readonly included: number;
  readonly denied: number;
  /** Refused before they were accepted. */
  readonly refused: number;
  /** How often batches were taken back. */
  readonly withdrawals: number;
  /** By batch. */
  readonly stateRoots: ReadonlyMap<number, bigint>;
}

interface Fate {
  accepted: number;
  included: number;
  denied: number;
}

export async function checkLog(environment: Readonly<Record<string, string>>, ledger: LedgerData): Promise<LogReport> {
  const config = loadConfig({ environment, overrides: { mode: 'development' } });
  const folders = foldersOf(config);
  const { genesis } = readFoundation(config, folders);
  const keys = await openKeys(config, folders, environment);
  const store = await openNodeStore(config, folders, { keys, clock: systemClock, log: pino({ level: 'silent' }) });
  const fates = new Map<bigint, Fate>();
  const stateRoots = new Map<number, bigint>();
  let refused = 0;
  let withdrawals = 0;
  try {
    const found = await findWithdrawals(store.log.read(1));
    withdrawals = found.count;
    const isVoid = fatesOf(found);
    for await (const { kind, payload, sequence } of store.log.read(1)) {
      const entry = decodeEntry(kind, payload);
      if (isVoid(sequence, entry)) continue;
      if (entry.kind === 'accepted') {
        const hash = bytesToBigInt(decodeTransaction(entry.raw, genesis.chainId).hash);
        const fate = fates.get(hash) ?? { accepted: 0, included: 0, denied: 0 };
        fate.accepted += 1;
        fates.set(hash, fate);
      } else if (entry.kind === 'block') {
        for (const hash of entry.transactions) required(fates, hash).included += 1;
      } else if (entry.kind === 'denial') {
        const fate = fates.get(entry.denial.transactionHash);
        if (fate === undefined) refused += 1;
        else fate.denied += 1;
      } else if (entry.kind === 'sealed') {
        if (stateRoots.has(Number(entry.batch))) throw new Error(`batch ${entry.batch} is sealed twice`);
        stateRoots.set(Number(entry.batch), entry.stateRoot);
      }
    }
  } finally {
    await store.close();
  }
  for (const [hash, { accepted, included, denied }] of fates) {
    if (accepted !== 1 || included + denied !== 1)
      throw new Error(`0x${hash.toString(16)}: accepted ${accepted}, included ${included}, denied ${denied} times`);
  }
  holdLedger(ledger, fates);
  const sum = (count: (fate: Fate) => number) => [...fates.values()].reduce((total, fate) => total + count(fate), 0);
  return {
    accepted: fates.size,
    included: sum(({ included }) => included),
    denied: sum(({ denied }) => denied),
    refused,
    withdrawals,
    stateRoots,
  };
}

/** What was answered is in the log, what is in the log was sent, and both tell the same end. */
function holdLedger(ledger: LedgerData, fates: ReadonlyMap<bigint, Fate>): void {
  const sent = new Map(ledger.sent.map((one) => [BigInt(one.hash), one]));
  for (const hash of fates.keys())
    if (!sent.has(hash)) throw new Error(`0x${hash.toString(16)} was accepted and never sent`);
  for (const [hash, one] of sent) {
    const fate = fates.get(hash);
    if (fate === undefined && one.answered) throw new Error(`${one.hash} was answered and is not in the log`);
    const ended = fate === undefined ? undefined : fate.included === 1 ? 'included' : 'denied';
    if (one.ended?.status !== ended)
      throw new Error(`${one.hash} ended as ${ended} in the log, ${one.ended?.status} in answers`);
  }
}

function required(fates: ReadonlyMap<bigint, Fate>, hash: bigint): Fate {
  const fate = fates.get(hash);
  if (fate === undefined) throw new Error(`0x${hash.toString(16)} stands in a block and was never accepted`);
  return fate;
}
