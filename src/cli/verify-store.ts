import { createPublicClient } from 'viem';
import { bigIntToHex } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import { lookAtL1 } from '../node/compare-with-l1.ts';
import { createLog } from '../node/log.ts';
import { replayStore } from '../node/replay-store.ts';
import { l1Transport } from '../settlement/l1-transport.ts';
import { type Command, text } from './command.ts';
import { withStoppedNode } from './stopped-node.ts';

export const verifyStore: Command = {
  name: 'verify-store',
  summary: 'Authenticates everything stored, replays the block log and compares every root. The node must be stopped.',
  usage:
    'privity verify-store [--config FILE] [--dev] [--l1 URL]\n\n--l1 also compares genesis and every executed batch with what PrivityChain stores.',
  options: { config: { type: 'string' }, dev: { type: 'boolean' }, l1: { type: 'string' } },
  async run({ values }, context) {
    return withStoppedNode(values, context, async ({ config, foundation, keys, store }) => {
      const { genesis, place } = foundation;
      const url = text(values['l1']);
      const l1 =
        url === undefined
          ? undefined
          : await lookAtL1(createPublicClient({ transport: l1Transport(url) }), { ...genesis, ...place });
      const { store: found, ...report } = await replayStore(config, {
        genesis,
        keys,
        store,
        clock: systemClock,
        log: createLog('error'),
        onBatch: () => undefined,
        ...(l1 === undefined ? {} : { l1 }),
      });
      context.print(`authenticated: ${found.logEntries} log entries, ${found.tables} tables, ${found.files} files`);
      context.print(`audit log: ${report.auditEntries} entries, chained`);
      context.print(`replayed: ${report.blocks} blocks, ${report.waiting} transactions still waiting`);
      context.print(`sealed batches: ${report.sealedBatches}, every root as recorded`);
      if (report.executedOnL1 !== undefined) {
        context.print(`Ethereum: genesis and ${report.executedOnL1} executed batches, every stored hash equal`);
      }
      if (report.withdrawals > 0) context.print(`withdrawals of batches: ${report.withdrawals}, executed again`);
      context.print(`state root ${bigIntToHex(report.stateRoot, 32)}`);
      return 0;
    });
  },
};
