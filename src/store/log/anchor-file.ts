import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RecordVault } from '../envelope/record-vault.ts';
import { fromDriver, storeError } from '../errors.ts';
import { decodeRecord, encodeRecord } from '../record-json.ts';
import { syncFolder } from '../sync-folder.ts';

/** What this node has acknowledged: the database may be ahead of it, never behind. */
export interface Anchor {
  readonly logGroup: number;
  readonly logChain: Uint8Array;
  readonly generation: number;
}

/**
 * A small sealed file outside the database that follows its commits. A database put back to an older state (an old copy, a lost or
 * emptied write-ahead log) is whole in itself; this file is how it is told (STORE_ROLLED_BACK). It is written after the commit without
 * waiting for the disk: after a power cut it may lag, which is harmless, and it costs the hot path nothing. Whoever puts both back to the
 * same older state is found out by comparing with L1 only.
 *
 * Two slots are written in turn, so that a torn write spoils one.
 */
const SLOT_BYTES = 512;

export interface AnchorFile {
  /** The newest anchor found, or undefined when there was none. */
  readonly found: Anchor | undefined;
  /** Coalesces: at most one write is under way, and it takes the newest value. */
  follow(anchor: Partial<Anchor>): void;
  close(): Promise<void>;
}

export async function openAnchorFile(
  path: string,
  deps: { vault: RecordVault; onError(error: unknown): void },
): Promise<AnchorFile> {
  const { vault } = deps;
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return open(path, 'wx+', 0o600);
    throw fromDriver(error, 'opening the anchor file');
  });
  const found = await readNewest(file, vault).catch(async (error: unknown) => {
    await file.close();
    throw fromDriver(error, 'reading the anchor file');
  });
  let current: Anchor = found ?? { logGroup: 0, logChain: new Uint8Array(32), generation: 0 };
  let slot = 0;
  let dirty = false;
  let writing: Promise<void> | undefined;

  const writeAll = async () => {
    while (dirty) {
      dirty = false;
      const { payload } = vault.seal('anchor', [], encodeRecord(current));
      const bytes = Buffer.alloc(SLOT_BYTES);
      bytes.writeUInt16BE(payload.length, 0);
      bytes.set(payload, 2);
      await file.write(bytes, 0, SLOT_BYTES, slot * SLOT_BYTES);
      slot = 1 - slot;
    }
  };
  const start = () => {
    writing ??= writeAll()
      .catch(deps.onError)
      .finally(() => {
        writing = undefined;
        if (dirty) start();
      });
  };
  if (found === undefined) {
    // From here on the file is never empty: an empty one beside a used database is a sign of tampering, not of a kill.
    dirty = true;
    await writeAll();
    await file.sync();
    syncFolder(dirname(path));
  }
  return {
    found,
    follow: (anchor) => {
      current = { ...current, ...anchor };
      dirty = true;
      start();
    },
    close: async () => {
      while (writing !== undefined) await writing;
      await file.sync();
      await file.close();
    },
  };
}

async function readNewest(file: FileHandle, vault: RecordVault): Promise<Anchor | undefined> {
  const bytes = Buffer.alloc(2 * SLOT_BYTES);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  if (bytesRead === 0) return undefined;
  const anchors: Anchor[] = [];
  for (let at = 0; at + SLOT_BYTES <= bytesRead; at += SLOT_BYTES) {
    const length = bytes.readUInt16BE(at);
    if (length === 0 || length > SLOT_BYTES - 2) continue;
    try {
      anchors.push(decodeRecord<Anchor>(vault.open('anchor', [], bytes.subarray(at + 2, at + 2 + length))));
    } catch {
      // A torn slot; the other one tells.
    }
  }
  const newest = anchors.sort((a, b) => b.logGroup - a.logGroup || b.generation - a.generation)[0];
  if (newest === undefined) throw storeError('STORE_ROLLED_BACK', 'the anchor file does not open');
  return newest;
}
