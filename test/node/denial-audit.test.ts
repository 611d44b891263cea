/** G8: each denial of the block log has one row of the audit log, wherever the node was killed. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyAuditLog } from '../../src/audit/audit-log.ts';
import { createAuditStore } from '../../src/node/audit-store.ts';
import { configIn, found, type Life, openLife } from './node-life.ts';

const root = mkdtempSync(join(tmpdir(), 'privity-denial-audit-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

async function killed(dieAt: number, side: string) {
  const config = configIn(join(root, String(folders++)));
  await found(config);
  const child = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'denial-audit-child.ts'), config.dataDir, String(dieAt), side],
    { encoding: 'utf8', timeout: 120_000 },
  );
  expect([child.signal, child.stderr]).toEqual(['SIGKILL', '']);
  return config;
}

/** Entries of the block log that are denials, and those that rows of the audit log name. */
async function denialsOf({ store, audit }: Life) {
  await audit.flush();
  const inLog: string[] = [];
  for await (const { kind, sequence } of store.log.read(1)) if (kind === 'denial') inLog.push(String(sequence));
  const rows = await createAuditStore(store).read(1n, 1_000);
  const ofDenials = rows.filter(({ action }) => /^transaction\.(denied|refused)$/.test(action));
  return { inLog, rows: ofDenials, inAudit: ofDenials.map(({ detail }) => detail['entry']) };
}

describe('rows of denials', () => {
  it.each([
    [1, 'before'],
    [1, 'after'],
    [2, 'after'],
    [99, 'at the end'],
  ] as const)('are whole after a death at transaction %i, %s, and at every start after it', async (dieAt, side) => {
    const config = await killed(dieAt, side);
    let counted = 0;
    for (let start = 0; start < 3; start++) {
      const life = await openLife(config, { checkpoints: start !== 1 });
      const { inLog, inAudit, rows } = await denialsOf(life);
      if (start === 0) counted = inLog.length;
      expect(inLog.length).toBe(counted);
      expect(inLog.length).toBeGreaterThan(3);
      expect(inAudit.toSorted()).toEqual(inLog.toSorted());
      expect(new Set(rows.map(({ action }) => action))).toEqual(new Set(['transaction.denied', 'transaction.refused']));
      await verifyAuditLog(createAuditStore(life.store));
      if (start === 1) {
        if (life.pipeline.sequencer.openBatch === undefined) await life.open();
        await life.close();
      }
      await life.stop();
    }
  });

  it('are not made for what a store without a mark holds: its rows name no entries', async () => {
    const config = await killed(99, 'at the end');
    const first = await openLife(config);
    const { rows } = await denialsOf(first);
    await first.store.transaction((writes) => writes.checkpoints.remove('denials-audited'));
    await first.stop();
    const second = await openLife(config);
    expect((await denialsOf(second)).rows).toEqual(rows);
    await second.stop();
  });
});
