/**
 * The steps by which two people change a root on Ethereum. Without a key a command prints the transaction for the person's own wallet; with
 * `--l1` and `--key` it sends it. The root is computed from the file each time: who approves has looked at the members, not at a number.
 */

import { createPublicClient, isAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { bytesToHex } from '../base/bytes.ts';
import { readKeyFile } from '../node/key-files.ts';
import {
  encodeStep,
  executableAt,
  type GovernanceStep,
  type GovernedCall,
  proposalId,
  sendStep,
} from '../settlement/governance.ts';
import { l1Transport } from '../settlement/l1-transport.ts';
import { type CliContext, type Command, text } from './command.ts';

/** What is proposed, made from the arguments; undefined when they are wrong. */
export type DescribeCall = (
  args: Parameters<Command['run']>[0] & { readonly bridge: `0x${string}`; readonly number: bigint },
) => { readonly call: GovernedCall; readonly words: string } | undefined;

export interface GovernanceCommandOptions {
  /** `list` or `policy`. */
  readonly subject: string;
  readonly step: GovernanceStep;
  readonly summary: string;
  readonly usage: string;
  readonly options: Command['options'];
}

const WHERE = '--governor ADDRESS --bridge ADDRESS [--number N] [--l1 URL [--key FILE]]';
const HELP =
  '--salt is the policy salt (policy.saltFile). --number tells proposals of the same root apart (default 0). Without --key the transaction is printed, for any wallet; with it, it is signed with the key in FILE and sent.';

export function createGovernanceCommand(
  { subject, step, summary, usage, options }: GovernanceCommandOptions,
  describe: DescribeCall,
): Command {
  const command: Command = {
    name: `${subject} ${step}`,
    summary,
    usage: `privity ${subject} ${step} ${usage} --salt FILE ${WHERE}\n\n${HELP}`,
    options: {
      ...options,
      salt: { type: 'string' },
      governor: { type: 'string' },
      bridge: { type: 'string' },
      number: { type: 'string' },
      l1: { type: 'string' },
      key: { type: 'string' },
    },
    async run(args, context) {
      const { values } = args;
      const [governor, bridge] = [text(values['governor']), text(values['bridge'])];
      const [url, keyFile, number] = [text(values['l1']), text(values['key']), text(values['number']) ?? '0'];
      const known = governor !== undefined && bridge !== undefined && isAddress(governor) && isAddress(bridge);
      const described =
        known && /^\d{1,18}$/.test(number) ? describe({ ...args, bridge, number: BigInt(number) }) : undefined;
      if (!known || described === undefined || (keyFile !== undefined && url === undefined)) {
        context.printError(command.usage);
        return 2;
      }
      const { call, words } = described;
      context.print(words);
      context.print(`proposal ${proposalId(call)}`);
      if (keyFile === undefined) printTransaction(governor, step, call, context);
      else {
        const account = privateKeyToAccount(bytesToHex(readKeyFile(keyFile).reveal()));
        const { transactionHash } = await sendStep(step, call, account, { client: clientOf(url!), governor });
        context.print(`${step}: sent by ${account.address} in ${transactionHash}`);
      }
      if (url !== undefined) await printState(governor, call, url, context);
      return 0;
    },
  };
  return command;
}

const clientOf = (url: string) =>
  createPublicClient({ transport: l1Transport(url), cacheTime: 0, pollingInterval: 250 });

function printTransaction(governor: string, step: GovernanceStep, call: GovernedCall, context: CliContext): void {
  context.print(`transaction to sign (${step}, no ether):`);
  context.print(`  to   ${governor}`);
  context.print(`  data ${encodeStep(step, call)}`);
}

async function printState(governor: `0x${string}`, call: GovernedCall, url: string, context: CliContext) {
  const time = await executableAt(call, { client: clientOf(url), governor });
  if (time === 0n) context.print('state: not approved');
  else if (time === 1n) context.print('state: executed; in force with the next batch that takes the operation');
  else context.print(`state: approved, executable from ${new Date(Number(time) * 1000).toISOString()}`);
}
