import { z } from 'zod';
import type { Config } from '../../config/schema.ts';
import { ill, type Probe, well } from './probe.ts';

const answerSchema = z.object({ checks: z.record(z.string(), z.boolean()) });

const ADVICE: Readonly<Record<string, string>> = {
  batchesStand:
    'Look for l1.operations_lost and batches.withdrawn in the log, then at the Ethereum node: docs/operations.md, "Batches taken back".',
  proving:
    'Look for proof.halted in the log: its code is in docs/errors.md. Accepted transactions are safe; mend the cause and start the node again before the backlog is full.',
};

/** What a node that runs says of itself; one that does not run is no fault: most of what is looked at here needs it stopped. */
export function createNodeProbe(config: Config, deps: { readonly fetch: typeof fetch }): Probe {
  const url = `http://${config['http.host'].includes(':') ? `[${config['http.host']}]` : config['http.host']}:${config['http.port']}/readyz`;
  return {
    name: 'running node',
    needs: ['configuration'],
    advice: `Something answers at ${url} that is no node; see what listens there.`,
    async look(signal) {
      const answer = await deps.fetch(url, { signal }).catch((error: unknown) => {
        if (isRefused(error)) return undefined;
        throw error;
      });
      if (answer === undefined) return well('none');
      const { checks } = answerSchema.parse(await answer.json());
      const wrong = Object.keys(checks).filter((name) => checks[name] === false);
      return wrong.length === 0
        ? well(`ready at ${url}`)
        : ill(`not well at ${url}: ${wrong.join(', ')}`, ADVICE[wrong[0]!] ?? 'Look at the log of the node.');
    },
  };
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
