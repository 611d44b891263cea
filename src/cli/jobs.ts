import type { Command } from './command.ts';
import { describeJob, type JobDescription } from './describe-job.ts';
import { withStoppedNode } from './stopped-node.ts';

const rowsMax = 200;

export const jobs: Command = {
  name: 'jobs',
  summary: 'Lists the proving jobs that are not done, the poisoned ones first. The node must be stopped.',
  usage: `privity jobs [--config FILE] [--dev]

One line a job: state, kind, batches, attempts, lease and the code of the last failure, then the id; at most ${rowsMax} of them, the poisoned
ones first. A poisoned job has failed too often: nothing of its range settles until the cause is mended and 'privity jobs release ID' has
put it back.`,
  options: { config: { type: 'string' }, dev: { type: 'boolean' } },
  async run({ positionals, values }, context) {
    if (positionals.length > 0) {
      context.printError(jobs.usage);
      return 2;
    }
    await withStoppedNode(values, context, async ({ store }) => {
      const { queued, leased, poisoned, done } = await store.jobs.counts();
      context.print(`${poisoned} poisoned, ${leased} leased, ${queued} queued, ${done} done`);
      for (const line of table((await store.jobs.unfinished(rowsMax)).map(describeJob))) context.print(line);
    });
    return 0;
  },
};

/** When nobody works on anything, a lease is what a node that was killed has left. */
const leaseOf = ({ lease }: JobDescription): string =>
  lease === undefined ? '-' : `${lease.worker} until ${new Date(lease.until).toISOString()}`;

function table(rows: readonly JobDescription[]): string[] {
  if (rows.length === 0) return [];
  const cells = [
    ['state', 'kind', 'batches', 'attempts', 'lease', 'failure', 'id'],
    ...rows.map((row) => [
      row.state,
      row.kind,
      row.batches,
      String(row.attempts),
      leaseOf(row),
      row.code ?? '-',
      row.id,
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
