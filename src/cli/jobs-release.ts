import { openAuditLog } from '../audit/audit-log.ts';
import { systemClock } from '../base/clock.ts';
import { createAuditStore } from '../node/audit-store.ts';
import { storeError } from '../store/errors.ts';
import type { Command } from './command.ts';
import { describeJob } from './describe-job.ts';
import { withStoppedNode } from './stopped-node.ts';

const auditEntriesMax = 1;

export const jobsRelease: Command = {
  name: 'jobs release',
  summary:
    'Puts a poisoned proving job back with all its attempts, once its cause is mended. The node must be stopped.',
  usage: `privity jobs release ID [--config FILE] [--dev]

ID is what 'privity jobs' prints. The audit log records it, in one transaction with the release. The next start proves on.`,
  options: { config: { type: 'string' }, dev: { type: 'boolean' } },
  async run({ positionals, values }, context) {
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0) {
      context.printError(jobsRelease.usage);
      return 2;
    }
    await withStoppedNode(values, context, async ({ store }) => {
      const record = await store.jobs.get(id);
      if (record?.state !== 'poisoned') throw storeError('STORE_NOT_FOUND', `there is no poisoned job ${id}`);
      const { kind, batches, code = '' } = describeJob(record);
      const audit = await openAuditLog(
        // Whoever waits for the act is told.
        { writeEntriesMax: auditEntriesMax, onFailure: () => undefined },
        { store: createAuditStore(store), clock: systemClock },
      );
      await audit.recordWith(
        { actor: 'operator', action: 'job.released', resource: `job/${id}`, detail: { kind, batches, failure: code } },
        (writes) => writes.jobs.release(id),
      );
      context.print(`released: ${kind} of batch ${batches}, with all its attempts`);
    });
    return 0;
  },
};
