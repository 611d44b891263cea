import { loadConfig, showValue } from '../config/load.ts';
import { CONFIG_FIELDS, type ConfigPath } from '../config/schema.ts';
import { verifyConfig } from '../config/verify.ts';
import { type Command, text } from './command.ts';

export const configCheck: Command = {
  name: 'config check',
  summary: 'Reads the configuration, prints it with secrets redacted, and says whether the node would start with it.',
  usage: 'privity config check [--config FILE]',
  options: { config: { type: 'string' } },
  async run({ values }, context) {
    const file = text(values['config']);
    const config = loadConfig({ ...(file === undefined ? {} : { file }), environment: context.environment });
    for (const path of Object.keys(CONFIG_FIELDS) as ConfigPath[])
      context.print(`${path} = ${showValue(path, config)}`);
    verifyConfig(config);
    context.print('The node would start with this configuration.');
    return 0;
  },
};
