import { systemClock } from '../base/clock.ts';
import { loadConfig } from '../config/load.ts';
import { verifyConfig } from '../config/verify.ts';
import { createKeyProbe } from '../node/doctor/key-probes.ts';
import { runProbes } from '../node/doctor/probe.ts';
import { foldersOf } from '../node/folders.ts';
import { type Command, configOf } from './command.ts';

const timeoutMs = 10_000;

export const keysCheck: Command = {
  name: 'keys check',
  summary: 'Opens every key the configuration names and prints the addresses of the settlement keys, never a key.',
  usage: 'privity keys check [--config FILE] [--dev]',
  options: { config: { type: 'string' }, dev: { type: 'boolean' } },
  async run({ values }, context) {
    const config = loadConfig(configOf(values, context));
    verifyConfig(config);
    const probe = createKeyProbe({
      config,
      folders: foldersOf(config),
      environment: context.environment,
      onKeys: () => undefined,
    });
    const [report] = await runProbes([{ ...probe, needs: [] }], {
      timeoutMs,
      clock: systemClock,
      onReport: () => undefined,
    });
    const { finding } = report!;
    context.print(finding.text);
    if (finding.state === 'ill') context.printError(`-> ${finding.advice}`);
    return finding.state === 'well' ? 0 : 1;
  },
};
