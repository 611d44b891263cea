import { systemClock } from '../base/clock.ts';
import { loadConfig } from '../config/load.ts';
import { runProbes } from '../node/doctor/probe.ts';
import { createProbes } from '../node/doctor/probes.ts';
import { createLog } from '../node/log.ts';
import { type Command, configOf, withoutConfigFile } from './command.ts';

const secondsDefault = 60;
const MARK = { well: 'ok     ', ill: 'FAILED ', unknown: '-      ' } as const;

export const doctor: Command = {
  name: 'doctor',
  summary: 'Looks at everything the node needs and says what to do about what is missing. Changes nothing.',
  usage: `privity doctor [--config FILE] [--dev] [--seconds N]\n\n--seconds bounds each look (default ${secondsDefault}); a large store needs more to be read whole.`,
  options: { config: { type: 'string' }, dev: { type: 'boolean' }, seconds: { type: 'string' } },
  async run({ values }, context) {
    const seconds = Number(values['seconds'] ?? secondsDefault);
    if (!(seconds > 0 && seconds <= 86_400)) {
      context.printError(doctor.usage);
      return 2;
    }
    const config = loadConfig(configOf(values, context));
    const probes = createProbes(config, {
      environment: context.environment,
      clock: systemClock,
      log: createLog('error'),
      fetch,
    });
    const reports = await runProbes(probes, {
      timeoutMs: seconds * 1000,
      clock: systemClock,
      onReport({ name, finding }) {
        context.print(`${MARK[finding.state]}${name}: ${finding.text.replaceAll('\n', '\n       ')}`);
        if (finding.state === 'ill') context.print(`       -> ${finding.advice}`);
      },
    });
    const count = (state: keyof typeof MARK): number => reports.filter(({ finding }) => finding.state === state).length;
    const well = count('well') === reports.length;
    context.print(
      well
        ? 'All is well.'
        : `Of ${reports.length}: ${count('ill')} failed, ${count('unknown')} not looked at because of them.`,
    );
    const configuration = reports.find(({ name }) => name === 'configuration');
    if (configuration?.finding.state === 'ill' && values['config'] === undefined) context.print(withoutConfigFile);
    return well ? 0 : 1;
  },
};
