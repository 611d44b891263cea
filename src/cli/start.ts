import { systemClock } from '../base/clock.ts';
import { loadConfig } from '../config/load.ts';
import { createLog } from '../node/log.ts';
import { startNode } from '../node/start-node.ts';
import { welcome } from '../node/welcome.ts';
import { type Command, configOf } from './command.ts';

export const start: Command = {
  name: 'start',
  summary: 'Runs the node. --dev also runs an Ethereum node and an identity provider, for trying things out.',
  usage: 'privity start [--config FILE] [--dev]',
  options: { config: { type: 'string' }, dev: { type: 'boolean' } },
  async run({ values }, context) {
    const config = loadConfig(configOf(values, context));
    const node = await startNode(config, {
      environment: context.environment,
      clock: systemClock,
      log: createLog(config['log.level']),
      report: (line) => context.print(`- ${line}`),
    });
    for (const line of welcome(config, node)) context.print(line);
    const asked = new Promise<'asked'>((resolve) => {
      if (context.signal.aborted) resolve('asked');
      context.signal.addEventListener('abort', () => resolve('asked'), { once: true });
    });
    try {
      const why = await Promise.race([asked, node.stopped]);
      if (why === 'asked') context.print('stopping');
    } finally {
      await node.stop();
    }
    return 0;
  },
};
