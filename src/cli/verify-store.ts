import { systemClock } from '../base/clock.ts';
import { loadConfig } from '../config/load.ts';
import { verifyConfig } from '../config/verify.ts';
import { foldersOf } from '../node/folders.ts';
import { openKeys } from '../node/keys.ts';
import { createLog } from '../node/log.ts';
import { openNodeStore } from '../node/open-node-store.ts';
import { readFoundation } from '../node/read-foundation.ts';
import { replayStore } from '../node/replay-store.ts';
import { type Command, configOf } from './command.ts';

export const verifyStore: Command = {
  name: 'verify-store',
  summary: 'Authenticates everything stored, replays the block log and compares every root. The node must be stopped.',
  usage: 'privity verify-store [--config FILE] [--dev]',
  options: { config: { type: 'string' }, dev: { type: 'boolean' } },
  async run({ values }, context) {
    const config = loadConfig(configOf(values, context));
    verifyConfig(config);
    const folders = foldersOf(config);
    // First: a wrong folder must be refused before anything is made in it.
    const { genesis } = readFoundation(config, folders);
    const log = createLog('error');
    const keys = await openKeys(config, folders, context.environment);
    const store = await openNodeStore(config, folders, { keys, clock: systemClock, log });
    try {
      const { store: found, ...report } = await replayStore(config, {
        genesis,
        keys,
        store,
        clock: systemClock,
        log,
        onBatch: () => undefined,
      });
      context.print(`authenticated: ${found.logEntries} log entries, ${found.tables} tables, ${found.files} files`);
      context.print(`audit log: ${report.auditEntries} entries, chained`);
      context.print(`replayed: ${report.blocks} blocks, ${report.waiting} transactions still waiting`);
      context.print(`sealed batches: ${report.sealedBatches}, every root as recorded`);
      context.print(`state root 0x${report.stateRoot.toString(16).padStart(64, '0')}`);
      return 0;
    } finally {
      await store.close();
    }
  },
};
