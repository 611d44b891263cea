import { importIgnition, importPtau, type PublishedHash } from '../prover/string/import-string.ts';
import { stringHash } from '../prover/string/reference-string.ts';
import { type Command, text } from './command.ts';

const usage = `privity string import FOLDER --ptau FILE [--blake2b512 HEX | --sha256 HEX]
privity string import FOLDER --ignition-g1 FILE --ignition-g2 FILE [--sha256 HEX]

The hash is the one the ceremony publishes. Every point is checked by pairing before anything is kept.`;

export const stringImport: Command = {
  name: 'string import',
  summary: "Imports a public ceremony's reference string into a folder, for prover.string.",
  usage,
  options: {
    ptau: { type: 'string' },
    'ignition-g1': { type: 'string' },
    'ignition-g2': { type: 'string' },
    blake2b512: { type: 'string' },
    sha256: { type: 'string' },
  },
  async run({ positionals, values }, context) {
    const [directory] = positionals;
    const [ptau, g1File, g2File] = [text(values['ptau']), text(values['ignition-g1']), text(values['ignition-g2'])];
    const ignition = g1File !== undefined && g2File !== undefined;
    if (directory === undefined || (ptau === undefined) === !ignition) {
      context.printError(usage);
      return 2;
    }
    const publishedHash = hashOf(values);
    if (publishedHash === undefined)
      context.printError('No published hash given: the file will be shown to be a string, not whose.');
    const common = { directory, signal: context.signal, ...(publishedHash === undefined ? {} : { publishedHash }) };
    const string = ignition
      ? await importIgnition({ ...common, g1File, g2File })
      : await importPtau({ ...common, file: ptau! });
    context.print(`${string.description.points} points from ${string.description.source}`);
    context.print(`string hash 0x${stringHash(string.description)}`);
    return 0;
  },
};

function hashOf(values: Readonly<Record<string, unknown>>): PublishedHash | undefined {
  for (const algorithm of ['blake2b512', 'sha256'] as const) {
    const hex = text(values[algorithm]);
    if (hex !== undefined) return { algorithm, hex };
  }
  return undefined;
}
