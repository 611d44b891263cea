import { readFile } from 'node:fs/promises';
import { createPublicClient } from 'viem';
import { getAddress, isAddress } from 'viem/utils';
import { bigIntToHex } from '../base/bytes.ts';
import { parseBundle } from '../disclosure/bundle.ts';
import { createL1View } from '../disclosure/l1-view.ts';
import { verifyBundle } from '../disclosure/verify.ts';
import { l1Transport } from '../settlement/l1-transport.ts';
import { type Command, text } from './command.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'Checks a disclosure bundle against an Ethereum node, without asking the operator.',
  usage:
    'privity verify FILE --l1 URL [--chain ADDRESS]\n\n--chain pins the PrivityChain contract you know; without it, check the printed one yourself.',
  options: { l1: { type: 'string' }, chain: { type: 'string' } },
  async run({ positionals, values }, context) {
    const file = positionals[0];
    const url = text(values['l1']);
    const chain = text(values['chain']);
    if (file === undefined || url === undefined || (chain !== undefined && !isAddress(chain))) {
      context.printError(verify.usage);
      return 2;
    }
    const bundle = parseBundle(await readFile(file, 'utf8'));
    const l1 = await createL1View(createPublicClient({ transport: l1Transport(url) }));
    const result = await verifyBundle(bundle, l1, chain === undefined ? undefined : { chainContract: BigInt(chain) });
    context.print(`valid ${result.kind} of batch ${result.batch}`);
    for (const [name, value] of Object.entries(result.fact)) context.print(`  ${name.padEnd(8)} ${value}`);
    context.print(
      `L1 chain id ${result.l1ChainId}, PrivityChain ${getAddress(bigIntToHex(BigInt(bundle.chainContract), 20))}`,
    );
    context.print(`L1 block ${result.l1Block}, ${result.finalized ? 'finalized' : 'not finalized yet'}`);
    return 0;
  },
};
