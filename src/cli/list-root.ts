import { bigIntToHex } from '../base/bytes.ts';
import { readKeyFile } from '../node/key-files.ts';
import { type Command, text } from './command.ts';
import { listIdOf, readListTree } from './list-file.ts';

export const listRoot: Command = {
  name: 'list root',
  summary: 'Prints the root of a list file: what L1 must approve for its members to count.',
  usage:
    'privity list root FILE --list ID --salt FILE\n\nFILE has one address a line; # starts a comment. --list is the id that the policy gives the list, --salt the policy salt (policy.saltFile).',
  options: { list: { type: 'string' }, salt: { type: 'string' } },
  async run({ positionals, values }, context) {
    const [file] = positionals;
    const list = listIdOf(text(values['list']));
    const salt = text(values['salt']);
    if (file === undefined || positionals.length !== 1 || list === undefined || salt === undefined) {
      context.printError(listRoot.usage);
      return 2;
    }
    const { size, root } = readListTree(file, list, readKeyFile(salt));
    context.print(`list ${list}: ${size} member${size === 1 ? '' : 's'}`);
    context.print(`root ${bigIntToHex(root, 32)}`);
    return 0;
  },
};
