import { createHmac } from 'node:crypto';
import type { KeyRing } from '../envelope/key-ring.ts';
import type { RecordVault } from '../envelope/record-vault.ts';
import { storeError } from '../errors.ts';
import { numberId } from '../number-id.ts';
import type { LogEntry, LogEntryInput } from '../port.ts';
import type { Schema } from '../schema.ts';
import { decodeGroup, encodeGroup } from './log-codec.ts';

/** Where the log stands after a group. */
export interface LogHead {
  readonly group: number;
  readonly lastSequence: number;
  readonly chain: Uint8Array;
}

export const EMPTY_HEAD: LogHead = { group: 0, lastSequence: 0, chain: new Uint8Array(32) };

type GroupRow = Schema['log_groups'];
type HeadRow = Schema['log_head'];

/**
 * Turns entries into rows and back. A group's identity holds the chain value before it, so no group opens after a group that is not its
 * predecessor; the chain is an HMAC over everything in clear, not over ciphertext, so that a group can be sealed again under a new
 * data key without touching those after it.
 */
export interface LogGroups {
  seal(head: LogHead, entries: readonly LogEntryInput[], writtenAt: number): { row: GroupRow; head: LogHead };
  /** Throws STORE_LOG_BROKEN unless `row` is the group that follows on `before`. */
  open(before: LogHead, row: GroupRow): { entries: LogEntry[]; head: LogHead };
  reseal(before: LogHead, row: GroupRow): Pick<GroupRow, 'key_version' | 'payload'>;
  sealHead(head: LogHead): HeadRow;
  openHead(row: HeadRow): LogHead;
}

export function createLogGroups({ keys, vault }: { keys: KeyRing; vault: RecordVault }): LogGroups {
  const chainKey = keys.active('log_chain').key;
  const identity = (before: LogHead, row: Pick<GroupRow, 'group_id' | 'first_sequence' | 'entries' | 'written_at'>) =>
    [row.group_id, row.first_sequence, row.entries, row.written_at, before.chain] as const;
  const chainAfter = (before: LogHead, row: Parameters<typeof identity>[1], plain: Uint8Array) => {
    const numbers = [row.group_id, row.first_sequence, row.entries, row.written_at].map(numberId);
    return createHmac('sha256', chainKey)
      .update(Buffer.concat([before.chain, ...numbers]))
      .update(plain)
      .digest();
  };
  const openPlain = (before: LogHead, row: GroupRow) => {
    if (row.group_id !== before.group + 1 || row.first_sequence !== before.lastSequence + 1) {
      throw storeError('STORE_LOG_BROKEN', `group ${before.group + 1} is missing`);
    }
    try {
      return vault.open('log', identity(before, row), row.payload);
    } catch (error) {
      throw storeError('STORE_LOG_BROKEN', `group ${row.group_id} does not open`, { cause: error });
    }
  };

  return {
    seal: (head, entries, writtenAt) => {
      const header = {
        group_id: head.group + 1,
        first_sequence: head.lastSequence + 1,
        entries: entries.length,
        written_at: writtenAt,
      };
      const plain = encodeGroup(entries);
      const chain = chainAfter(head, header, plain);
      const { keyVersion, payload } = vault.seal('log', identity(head, header), plain);
      return {
        row: { ...header, key_version: keyVersion, chain, payload },
        head: { group: header.group_id, lastSequence: head.lastSequence + entries.length, chain },
      };
    },
    open: (before, row) => {
      const plain = openPlain(before, row);
      const decoded = decodeGroup(plain);
      const chain = chainAfter(before, row, plain);
      if (decoded === undefined || decoded.length !== row.entries || !chain.equals(row.chain)) {
        throw storeError('STORE_LOG_BROKEN', `group ${row.group_id} is not what was written`);
      }
      const entries = decoded.map((entry, index) => ({
        ...entry,
        sequence: row.first_sequence + index,
        writtenAt: row.written_at,
      }));
      return { entries, head: { group: row.group_id, lastSequence: before.lastSequence + entries.length, chain } };
    },
    reseal: (before, row) => {
      const { keyVersion, payload } = vault.seal('log', identity(before, row), openPlain(before, row));
      return { key_version: keyVersion, payload };
    },
    sealHead: (head) => {
      const plain = Buffer.concat([numberId(head.lastSequence), head.chain]);
      const { keyVersion, payload } = vault.seal('log_head', [head.group], plain);
      return { id: 1, group_id: head.group, key_version: keyVersion, payload };
    },
    openHead: (row) => {
      try {
        const plain = Buffer.from(vault.open('log_head', [row.group_id], row.payload));
        return { group: row.group_id, lastSequence: Number(plain.readBigUInt64BE(0)), chain: plain.subarray(8) };
      } catch (error) {
        throw storeError('STORE_LOG_BROKEN', 'the head of the log does not open', { cause: error });
      }
    },
  };
}
